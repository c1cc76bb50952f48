//! Both ends at once: a manager and a server, joined by a network that delays, overtakes and loses, over simulated time.
//!
//! `PROPTEST_CASES=10000` makes a long campaign; `SIMULATION_TRACE=1` shows what happens, for one failing case.

mod app;
mod arrival;
mod bounds;
mod faults;
mod found;
mod host;
mod loss;
mod network;
mod outcome;
mod parcel;
mod renewal;
mod scenario;
mod server;
mod world;
