//! Connection state recovery: what lets a socket continue the session it had before the connection broke.
//!
//! Source: Socket.IO server 4.6, "Connection state recovery".

use crate::proto::Data;

/// The private id of the session and the last event seen.
#[derive(Debug)]
pub struct Recovery<D> {
    session: Option<Session<D>>,
}

#[derive(Debug)]
struct Session<D> {
    pid: D,
    offset: Option<D>,
}

impl<D> Default for Recovery<D> {
    fn default() -> Self {
        Self { session: None }
    }
}

impl<D: Data> Recovery<D> {
    /// The server granted the namespace, with or without a private id. Says whether it continued the session.
    pub fn handle_connect(&mut self, pid: Option<D>) -> bool {
        let before = self.session.take();
        let Some(pid) = pid.filter(D::is_text) else {
            return false;
        };
        // The offset is one of the session that it was seen in.
        let continued = before.filter(|before| D::equals(Some(&before.pid), Some(&pid)));
        let recovered = continued.is_some();
        let offset = continued.and_then(|before| before.offset);
        self.session = Some(Session { pid, offset });
        recovered
    }

    /// An event arrived: its last argument, where it is a string, is the offset to continue from. One that wants an
    /// acknowledgement has none.
    pub fn handle_event(&mut self, data: &D, ack: Option<u32>) {
        if let Some(session) = &mut self.session
            && ack.is_none()
            && let Some(offset) = data.last_string()
        {
            session.offset = Some(offset);
        }
    }

    /// The payload of a CONNECT: the app's own, and the session to continue.
    pub fn payload(&self, auth: Option<D>) -> Option<D> {
        match &self.session {
            Some(session) => Some(D::with_recovery(auth, &session.pid, session.offset.as_ref())),
            None => auth,
        }
    }

    /// Forgets the session: the next connection is a new one.
    pub fn forget(&mut self) {
        self.session = None;
    }
}
