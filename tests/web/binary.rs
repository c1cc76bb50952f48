//! Binary, both ways, inside anything.

use js_sys::{Array, ArrayBuffer, Uint8Array};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use socketio_wasm::Socket;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{TRANSPORTS, URL, connected, socket, soon};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Picture {
    name: String,
    bytes: ByteBuf,
    thumbnails: Vec<ByteBuf>,
}

#[wasm_bindgen_test]
async fn bytes_are_binary_on_each_transport() {
    let picture = Picture {
        name: "ü.png".into(),
        bytes: ByteBuf::from((0..=255).collect::<Vec<u8>>()),
        thumbnails: vec![ByteBuf::from(vec![]), ByteBuf::from(vec![1, 2, 3])],
    };
    for transport in TRANSPORTS {
        let socket = connected(Socket::builder(URL).transports([transport]).upgrade(false)).await;
        let mut echoes = socket.on::<(Picture, ByteBuf)>("echo");
        let bytes = ByteBuf::from(vec![9]);
        socket.emit("echo", &(&picture, &bytes)).unwrap();
        assert_eq!(
            soon("the echo", echoes.next()).await.unwrap().unwrap(),
            (picture.clone(), bytes.clone())
        );

        let answer: (Picture, ByteBuf) = soon("the answer", socket.emit_with_ack("echo-ack", &(&picture, &bytes)))
            .await
            .unwrap();
        assert_eq!(answer, (picture.clone(), bytes));
    }
}

#[wasm_bindgen_test]
async fn the_server_sees_binary() {
    #[derive(Debug, Deserialize, PartialEq)]
    struct Seen {
        #[serde(rename = "$binary")]
        bytes: Vec<u8>,
    }
    let socket = connected(socket("")).await;
    let (seen,): (Vec<Seen>,) = soon(
        "the answer",
        socket.emit_with_ack("inspect", &ByteBuf::from(vec![1, 2])),
    )
    .await
    .unwrap();
    assert_eq!(seen, [Seen { bytes: vec![1, 2] }]);
}

#[wasm_bindgen_test]
async fn a_megabyte_arrives_whole() {
    let bytes = ByteBuf::from((0..900_000_u32).map(|n| (n % 251) as u8).collect::<Vec<u8>>());
    for transport in TRANSPORTS {
        // Polling carries it as base64, and the server takes a million bytes.
        let length = if transport == socketio_wasm::Transport::WebSocket {
            900_000
        } else {
            600_000
        };
        let bytes = ByteBuf::from(&bytes[..length]);
        let socket = connected(Socket::builder(URL).transports([transport]).upgrade(false)).await;
        let answer: ByteBuf = soon("the answer", socket.emit_with_ack("echo-ack", &bytes))
            .await
            .unwrap();
        assert!(answer == bytes, "{transport:?}");
    }
}

#[wasm_bindgen_test]
async fn javascript_sends_views_and_buffers_and_gets_buffers() {
    let socket = connected(socket("")).await;
    let view = Uint8Array::from(&[1, 2, 3, 4][..]).subarray(1, 3);
    let buffer: ArrayBuffer = Uint8Array::from(&[5, 6][..]).buffer();
    let answer = soon(
        "the answer",
        socket.emit_with_ack_js("echo-ack", &Array::of2(&view, &buffer)),
    )
    .await
    .unwrap();
    let bytes = |index| Uint8Array::new(&answer.get(index).dyn_into::<ArrayBuffer>().unwrap()).to_vec();
    assert_eq!((bytes(0), bytes(1)), (vec![2, 3], vec![5, 6]));
}

#[wasm_bindgen_test]
async fn a_typed_value_can_keep_javascript_values() {
    #[derive(Serialize, Deserialize)]
    struct Upload {
        name: String,
        #[serde(with = "serde_wasm_bindgen::preserve")]
        content: ArrayBuffer,
    }
    let socket = connected(socket("")).await;
    let upload = Upload {
        name: "a".into(),
        content: Uint8Array::from(&[7, 8][..]).buffer(),
    };
    let answer: Upload = soon("the answer", socket.emit_with_ack("echo-ack", &upload))
        .await
        .unwrap();
    assert_eq!(answer.name, "a");
    assert_eq!(Uint8Array::new(&JsValue::from(answer.content)).to_vec(), [7, 8]);
}

#[wasm_bindgen_test]
async fn answers_to_requests_may_be_binary() {
    #[derive(Deserialize)]
    struct Asked {
        answers: Vec<ByteBuf>,
    }
    let socket = connected(socket("")).await;
    let mut questions = socket.on_request::<ByteBuf>("question");
    let ask = socket.emit_with_ack::<_, Asked>("ask", &ByteBuf::from(vec![1]));
    let question = soon("the question", questions.next()).await.unwrap().unwrap();
    assert_eq!(question.data, [1]);
    question.reply.send(&ByteBuf::from(vec![2, 3])).unwrap();
    assert_eq!(
        soon("the answer", ask).await.unwrap().answers,
        [ByteBuf::from(vec![2, 3])]
    );
}
