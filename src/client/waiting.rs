//! Waiting with a limit.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use gloo_timers::future::TimeoutFuture;

use super::error::Error;
use super::socket::Socket;

/// The longest that browsers wait, in milliseconds: 24.8 days. What is longer ends at once.
const LONGEST: u32 = i32::MAX.unsigned_abs();

impl Socket {
    /// As [`connected`](Self::connected), for no longer than `limit`. The socket goes on connecting where that is over.
    ///
    /// # Errors
    ///
    /// As [`connected`](Self::connected), and [`Error::Timeout`].
    pub async fn connected_within(&self, limit: Duration) -> Result<(), Error> {
        let limit = u32::try_from(limit.as_millis()).unwrap_or(LONGEST).min(LONGEST);
        let mut connected = pin!(self.connected());
        let mut end = pin!(TimeoutFuture::new(limit));
        poll_fn(|context| match connected.as_mut().poll(context) {
            Poll::Pending => end.as_mut().poll(context).map(|()| {
                Err(Error::Timeout {
                    message: "The socket did not connect in the time that was given".into(),
                })
            }),
            outcome => outcome,
        })
        .await
    }
}
