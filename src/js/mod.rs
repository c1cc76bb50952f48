//! The npm API: what the JavaScript façade in this folder calls, and what it is told.
//!
//! Values cross as numbers of the table in `web/edge.js`, but for what happens once per connection.

mod bridge;
mod error;
mod settings;
mod tell;

// A quarter of the size of the standard library's.
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
