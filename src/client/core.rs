//! What the Rust API and the npm API have in common: options become connections, and credentials find their place.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use crate::error::Error;
use crate::proto::auth::{Plan, Secret};
use crate::proto::engine::connection::Config;
use crate::proto::engine::transport::Candidate;
use crate::proto::engine::url::Url;
use crate::proto::output::{Demand, Event};
use crate::web::{App, Driver, Endpoint, Payload};

use super::options::Options;

/// The side of the app: it gives options and payloads, and is told what happens. Called while nothing is borrowed.
pub(crate) trait Host {
    /// The options of the next connection.
    fn options(&self) -> Result<Options, Error>;

    /// Whether any socket has a payload of its own for its CONNECT.
    fn has_auth(&self) -> bool;

    /// Where the credentials of a session that is about to begin travel, and the headers that go into each CONNECT.
    fn placed(&self, plan: Plan, payload_headers: &[(String, Secret)]);

    /// Find the payload of a socket's CONNECT and answer with [`Driver::answer`] or [`Driver::decline`].
    fn authenticate(&self, driver: &Rc<Driver>, socket: usize, epoch: u32, demand: Demand<Payload>);

    /// Something happened.
    fn event(&self, event: Event<Payload>);
}

/// A connection to one server, shared by sockets.
pub(crate) struct Core<H> {
    /// The side of the app.
    pub(crate) host: H,
    url: Url,
    options: RefCell<Option<Rc<Options>>>,
}

impl<H: Host + 'static> Core<H> {
    /// A driver for `url`; the host's options are read anew for each connection.
    pub(crate) fn start(url: Url, options: &Options, host: impl FnOnce(Weak<Driver>) -> H) -> Rc<Driver> {
        let seed = (js_sys::Math::random() * f64::from(u32::MAX)) as u32;
        let driver = Driver::new(options.reconnection(seed), |driver| {
            Box::new(Self {
                host: host(driver),
                url,
                options: RefCell::new(None),
            })
        });
        driver.look(|manager| manager.auth_timeout = options.auth_timeout);
        driver
    }
}

impl<H: Host> App for Core<H> {
    fn configure(&self) -> Result<Config, Error> {
        let options = self.host.options()?;
        let config = options.config();
        self.options.replace(Some(Rc::new(options)));
        Ok(config)
    }

    fn begin(&self, candidate: Candidate) -> Result<Endpoint, Error> {
        let options = self.options.borrow().clone().unwrap_or_default();
        let (endpoint, plan, payload_headers) = options.place(&self.url, candidate, self.host.has_auth())?;
        self.host.placed(plan, &payload_headers);
        Ok(endpoint)
    }

    fn authenticate(&self, driver: &Rc<Driver>, socket: usize, epoch: u32, demand: Demand<Payload>) {
        self.host.authenticate(driver, socket, epoch, demand);
    }

    fn event(&self, event: Event<Payload>) {
        self.host.event(event);
    }
}
