//! WebTransport: the frames of its stream, and the packet that begins a session there.

use proptest::prelude::*;
use socketio_wasm::proto::engine::frame::{Decoder, EMPTY_BINARY, Header, LONGEST, Piece};
use socketio_wasm::proto::{Data, engine::Revision};

use crate::support::{Desk, HANDSHAKE, Sample, UPGRADABLE, decode};

/// A stream, as the host reads it.
#[derive(Default)]
struct Stream {
    decoder: Decoder,
    waiting: Vec<u8>,
}

impl Stream {
    /// The packets that are complete with these bytes, and whether each is binary; an error where they are not the protocol.
    fn read(&mut self, chunk: &[u8]) -> Result<Vec<(bool, Vec<u8>)>, ()> {
        self.waiting.extend(chunk);
        let mut packets = Vec::new();
        while self.decoder.wanted() as usize <= self.waiting.len() {
            let rest = self.waiting.split_off(self.decoder.wanted() as usize);
            let bytes = std::mem::replace(&mut self.waiting, rest);
            let number = bytes
                .iter()
                .take(4)
                .fold(0, |number, byte| number << 8 | u32::from(*byte));
            match self.decoder.advance(number) {
                Piece::Header => {}
                Piece::Text => packets.push((false, bytes)),
                Piece::Binary => packets.push((true, bytes)),
                Piece::Nonsense => return Err(()),
            }
        }
        Ok(packets)
    }
}

fn frame(is_binary: bool, content: &[u8]) -> Vec<u8> {
    [Header::new(content.len() as u32, is_binary).as_bytes(), content].concat()
}

#[test]
fn headers_are_as_short_as_the_length_allows() {
    for (length, expected) in [
        (1, vec![1]),
        (125, vec![125]),
        (126, vec![126, 0, 126]),
        (127, vec![126, 0, 127]),
        (0xffff, vec![126, 0xff, 0xff]),
        (0x1_0000, vec![127, 0, 0, 0, 0, 0, 1, 0, 0]),
        (u32::MAX, vec![127, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]),
    ] {
        assert_eq!(Header::new(length, false).as_bytes(), expected, "{length}");
        let mut binary = expected;
        binary[0] |= 0x80;
        assert_eq!(Header::new(length, true).as_bytes(), binary, "{length}, binary");
    }
}

#[test]
fn what_is_framed_is_read_again() {
    for length in [1, 125, 126, 127, 128, 255, 256, 0xffff, 0x1_0000, 300_000] {
        for is_binary in [false, true] {
            let content: Vec<u8> = (0..length).map(|index| index as u8).collect();
            let packets = Stream::default().read(&frame(is_binary, &content));
            assert_eq!(packets, Ok(vec![(is_binary, content)]), "{length} {is_binary}");
        }
    }
}

#[test]
fn a_length_may_be_longer_than_it_need_be() {
    let mut stream = Stream::default();
    assert_eq!(stream.read(&[126, 0, 1, b'2']), Ok(vec![(false, b"2".to_vec())]));
    assert_eq!(
        stream.read(&[127, 0, 0, 0, 0, 0, 0, 0, 1, b'2']),
        Ok(vec![(false, b"2".to_vec())])
    );
}

#[test]
fn nothing_is_complete_before_its_last_byte() {
    let mut stream = Stream::default();
    let frames = frame(true, &[7; 200]);
    for byte in &frames[..frames.len() - 1] {
        assert_eq!(stream.read(&[*byte]), Ok(vec![]));
    }
    assert_eq!(stream.read(&[7]), Ok(vec![(true, vec![7; 200])]));
}

#[test]
fn an_empty_binary_is_read_and_an_empty_text_is_none() {
    assert_eq!(Stream::default().read(&[0x80]), Ok(vec![(true, vec![])]));
    assert_eq!(Stream::default().read(&[0]), Err(()));
    assert_eq!(Stream::default().read(&[126, 0, 0]), Err(()));
    assert_eq!(Stream::default().read(&[127, 0, 0, 0, 0, 0, 0, 0, 0]), Err(()));
}

#[test]
fn an_empty_binary_is_written_as_a_text_that_stands_for_it() {
    let packets = decode(Revision::V4, &Sample::text(EMPTY_BINARY));
    assert_eq!(packets, Some(vec![Sample::binary(&[])]));
}

#[test]
fn a_length_that_no_browser_could_hold_is_refused_before_anything_is_kept() {
    for mark in [0, 0x80] {
        for length in [LONGEST as u64 + 1, 1 << 32, 1 << 53, u64::MAX] {
            let bytes = [&[mark | 127], length.to_be_bytes().as_slice()].concat();
            assert_eq!(Stream::default().read(&bytes), Err(()), "{length}");
        }
        let bytes = [&[mark | 127], u64::from(LONGEST).to_be_bytes().as_slice()].concat();
        let mut stream = Stream::default();
        assert_eq!(stream.read(&bytes), Ok(vec![]));
        assert_eq!(stream.decoder.wanted(), LONGEST);
    }
}

#[test]
fn after_nonsense_nothing_is_taken() {
    let mut stream = Stream::default();
    assert_eq!(stream.read(&[0]), Err(()));
    assert_eq!(stream.decoder.wanted(), u32::MAX);
    assert_eq!(stream.decoder.advance(1), Piece::Nonsense);
    assert_eq!(stream.read(&frame(false, b"2")), Ok(vec![]));
}

proptest! {
    #[test]
    fn how_a_stream_is_cut_does_not_matter(
        packets in prop::collection::vec(
            (any::<bool>(), any::<u8>(), prop_oneof![1..130_usize, 120..140_usize, 65_530..65_540_usize]),
            0..6,
        ),
        cuts in prop::collection::vec(1..70_000_usize, 0..40),
        small in any::<bool>(),
    ) {
        let content = |first: u8, length| (0..length).map(|index| first.wrapping_add(index as u8)).collect();
        let packets: Vec<(bool, Vec<u8>)> =
            packets.into_iter().map(|(is_binary, first, length)| (is_binary, content(first, length))).collect();
        let bytes: Vec<u8> = packets.iter().flat_map(|(is_binary, content)| frame(*is_binary, content)).collect();
        let mut stream = Stream::default();
        let mut read = Vec::new();
        let mut rest = bytes.as_slice();
        for cut in cuts {
            let (chunk, later) = rest.split_at(rest.len().min(if small { cut % 7 } else { cut }));
            read.extend(stream.read(chunk).unwrap());
            rest = later;
        }
        read.extend(stream.read(rest).unwrap());
        prop_assert_eq!(read, packets);
    }

    #[test]
    fn no_bytes_are_too_much(chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..20)) {
        let mut stream = Stream::default();
        for chunk in chunks {
            if stream.read(&chunk).is_err() {
                break;
            }
        }
    }
}

#[test]
fn a_session_begins_with_an_empty_open_packet() {
    let mut desk = Desk::new(&["webtransport"], &["/"]);
    desk.connect(0);
    assert_eq!(desk.take(), ["open 0 webtransport"]);
    desk.opened(0);
    assert_eq!(desk.take(), ["write 0 0"]);
    desk.text(0, HANDSHAKE);
    assert_eq!(desk.sent(), ["write 0 40"]);
}

#[test]
fn a_websocket_begins_without_a_word() {
    let mut desk = Desk::new(&["websocket"], &["/"]);
    desk.connect(0);
    desk.take();
    desk.opened(0);
    assert!(desk.take().is_empty());
}

#[test]
fn an_upgrade_names_its_session_before_it_probes() {
    let mut desk = Desk::new(&["polling", "webtransport"], &["/"]);
    desk.connect(0);
    desk.polled(0, &UPGRADABLE.replace("websocket", "webtransport"));
    desk.take();
    desk.opened(1);
    assert_eq!(desk.take(), [r#"write 1 0{"sid":"S"}"#, "write 1 2probe"]);
    // Once.
    desk.opened(1);
    assert!(desk.take().is_empty());
}
