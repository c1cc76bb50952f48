//! The npm API: what the JavaScript façade in this folder calls, and what it is told.
//!
//! Values cross as numbers of the table in `web/edge.js`, but for what happens once per connection.

mod bridge;
mod error;
mod settings;
mod tell;

// A quarter of the size of the standard library's.
#[global_allocator]
#[allow(unsafe_code)]
static ALLOCATOR: lol_alloc::AssumeSingleThreaded<lol_alloc::FreeListAllocator> =
    unsafe { lol_alloc::AssumeSingleThreaded::new(lol_alloc::FreeListAllocator::new()) };
