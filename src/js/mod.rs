//! The npm API: what the JavaScript façade in this folder calls, and what it is told.
//!
//! Values cross as numbers of the table in `web/edge.js`, but for what happens once per connection.

mod bridge;
mod error;
mod settings;
mod tell;

// The standard library's is several times as large. Few blocks are ever free at once, which this one has in a list.
#[global_allocator]
#[allow(unsafe_code, reason = "there is one thread: the module's memory is not shared")]
static ALLOCATOR: lol_alloc::AssumeSingleThreaded<lol_alloc::FreeListAllocator> =
    unsafe { lol_alloc::AssumeSingleThreaded::new(lol_alloc::FreeListAllocator::new()) };
