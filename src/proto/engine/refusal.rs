//! What a server says where it refuses a request of polling.

use crate::error::Code;
use crate::proto::Data;

/// Why a request was refused: `status` is HTTP's, `answer` the parsed JSON of the answer's body, where it is JSON. `begins` says
/// that it asked for a session.
///
/// Source: the bodies of Engine.IO's errors, such as `{"code":1,"message":"Session ID unknown"}`, which come with HTTP 400
/// (and 403 with code 4, forbidden). Who asks for what a server does not know (2, 3) learns no more than that.
pub fn code_of<D: Data>(status: u32, answer: Option<D>, begins: bool) -> Code {
    let number = || answer?.number_at("code");
    match status {
        401 | 403 if begins => Code::Unauthorized,
        400 => match number() {
            Some(0.0) => Code::TransportUnknown,
            Some(1.0) => Code::SessionUnknown,
            Some(5.0) => Code::ProtocolMismatch,
            _ => Code::TransportFailed,
        },
        _ => Code::TransportFailed,
    }
}
