//! Acknowledgements as futures.

use serde::{Deserialize, Serialize};
use socketio_wasm::{Ack, Code, Emitted};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{connected, ms, socket, soon};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Order {
    id: u32,
    items: Vec<String>,
    note: Option<String>,
}

#[wasm_bindgen_test]
async fn arguments_are_tuples_both_ways() {
    let socket = connected(socket("")).await;
    let order = Order {
        id: 7,
        items: vec!["tea".into(), "milk".into()],
        note: None,
    };
    let sent = ("first", 2.5, order.clone(), [1, 2]);
    let answer: (String, f64, Order, Vec<u8>) = soon("echo", socket.emit_with_ack("echo-ack", &sent)).await.unwrap();
    assert_eq!(answer, ("first".into(), 2.5, order.clone(), vec![1, 2]));

    let answer: Order = soon("echo", socket.emit_with_ack("echo-ack", &order)).await.unwrap();
    assert_eq!(answer, order);
    let answer: String = soon("echo", socket.emit_with_ack("echo-ack", "text")).await.unwrap();
    assert_eq!(answer, "text");
    // A list is one argument, and so is an array in a tuple.
    let answer: Vec<u32> = soon("echo", socket.emit_with_ack("echo-ack", &vec![1, 2]))
        .await
        .unwrap();
    assert_eq!(answer, [1, 2]);
    let answer: ([u32; 2],) = soon("echo", socket.emit_with_ack("echo-ack", &([3, 4],)))
        .await
        .unwrap();
    assert_eq!(answer, ([3, 4],));
}

#[wasm_bindgen_test]
async fn arguments_may_be_too_many_or_missing() {
    let socket = connected(socket("")).await;
    let none: () = soon("echo", socket.emit_with_ack("echo-ack", &())).await.unwrap();
    let () = none;
    let missing: Option<u32> = soon("echo", socket.emit_with_ack("echo-ack", &())).await.unwrap();
    assert_eq!(missing, None);
    let missing: (u32, Option<u32>) = soon("echo", socket.emit_with_ack("echo-ack", &1)).await.unwrap();
    assert_eq!(missing, (1, None));
    let first: u32 = soon("echo", socket.emit_with_ack("echo-ack", &(1, 2, 3)))
        .await
        .unwrap();
    assert_eq!(first, 1);
    let ignored: () = soon("echo", socket.emit_with_ack("echo-ack", &(1, 2, 3)))
        .await
        .unwrap();
    let () = ignored;
}

#[wasm_bindgen_test]
async fn an_answer_of_another_type_is_a_payload_error() {
    let socket = connected(socket("")).await;
    let error = soon("echo", socket.emit_with_ack::<_, u32>("echo-ack", "text"))
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::InvalidPayload);
    let error = soon("echo", socket.emit_with_ack::<_, (u32, u32)>("echo-ack", &1))
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::InvalidPayload);
}

#[wasm_bindgen_test]
async fn a_timeout_ends_the_waiting() {
    let socket = connected(socket("")).await;
    let silent: Ack<()> = socket.emit_with_ack("silent", &()).timeout(ms(20));
    let error = soon("the timeout", silent).await.unwrap_err();
    assert_eq!(error.code(), Code::Timeout);

    let late: Ack<String> = socket.emit_with_ack("late", &20).timeout(ms(10_000));
    assert_eq!(soon("the answer", late).await.unwrap(), "late");
}

#[wasm_bindgen_test]
async fn a_timeout_can_be_set_for_all() {
    let socket = connected(socket("").ack_timeout(ms(20))).await;
    let error = soon("the timeout", socket.emit_with_ack::<_, ()>("silent", &()))
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::Timeout);
}

#[wasm_bindgen_test]
async fn an_event_that_timed_out_before_the_connection_is_not_sent() {
    let socket = socket("").build().unwrap();
    let error = soon(
        "the timeout",
        socket.emit_with_ack::<_, ()>("count", &(0, ())).timeout(ms(0)),
    )
    .await
    .unwrap_err();
    assert_eq!(error.code(), Code::Timeout);
    socket.connect();
    #[derive(Deserialize)]
    struct Count {
        received: u32,
    }
    let count: Count = soon("count", socket.emit_with_ack("count", &(0, ()))).await.unwrap();
    assert_eq!(count.received, 1);
}

#[wasm_bindgen_test]
async fn events_wait_for_the_connection_with_their_acknowledgements() {
    let socket = socket("").connect().unwrap();
    let one: Ack<u32> = socket.emit_with_ack("echo-ack", &1);
    let two: Ack<u32> = socket.emit_with_ack("echo-ack", &2);
    assert!(!socket.is_connected());
    assert_eq!(soon("two", two).await.unwrap(), 2);
    assert_eq!(soon("one", one).await.unwrap(), 1);
}

#[wasm_bindgen_test]
async fn the_end_of_the_connection_ends_the_waiting() {
    let socket = connected(socket("")).await;
    let lost: Ack<()> = socket.emit_with_ack("silent", &());
    socket.disconnect();
    assert_eq!(soon("an error", lost).await.unwrap_err().code(), Code::Disconnected);

    let unsent: Ack<()> = socket.emit_with_ack("silent", &());
    drop(socket);
    assert_eq!(soon("an error", unsent).await.unwrap_err().code(), Code::Disconnected);
}

#[wasm_bindgen_test]
async fn an_acknowledgement_that_is_dropped_is_not_waited_for() {
    let socket = connected(socket("")).await;
    for n in 0..10 {
        drop(socket.emit_with_ack::<_, u32>("echo-ack", &n));
    }
    let answer: u32 = soon("echo", socket.emit_with_ack("echo-ack", &10)).await.unwrap();
    assert_eq!(answer, 10);
}

#[wasm_bindgen_test]
async fn only_the_first_answer_counts() {
    let socket = connected(socket("")).await;
    let answer: String = soon("twice", socket.emit_with_ack("twice", &())).await.unwrap();
    assert_eq!(answer, "first");
    let answer: u32 = soon("echo", socket.emit_with_ack("echo-ack", &1)).await.unwrap();
    assert_eq!(answer, 1);
}

#[wasm_bindgen_test]
async fn a_volatile_event_is_lost_while_there_is_no_connection() {
    let socket = socket("").build().unwrap();
    assert_eq!(socket.volatile().emit("count", &(0, ())).unwrap(), Emitted::Discarded);
    let error = soon("an error", socket.volatile().emit_with_ack::<_, ()>("silent", &()))
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::Disconnected);
    assert_eq!(socket.emit("count", &(0, ())).unwrap(), Emitted::Buffered);

    socket.connect();
    soon("the connection", socket.connected()).await.unwrap();
    let answer: u32 = soon("echo", socket.emit_with_ack("echo-ack", &1)).await.unwrap();
    assert_eq!(answer, 1);
    assert_eq!(
        socket.volatile().compress(false).emit("silent", &()).unwrap(),
        Emitted::Sent
    );
}

#[wasm_bindgen_test]
async fn many_acknowledgements_find_their_events() {
    let socket = connected(socket("")).await;
    let acks: Vec<Ack<u32>> = (0..200).map(|n: u32| socket.emit_with_ack("echo-ack", &n)).collect();
    for (n, ack) in acks.into_iter().enumerate().rev() {
        assert_eq!(soon("an answer", ack).await.unwrap() as usize, n);
    }
}
