//! What credentials say of themselves: whose they are, and how long they are good.

use proptest::prelude::*;
use serde_json::{Value, json};
use socketio_wasm::proto::Data;
use socketio_wasm::proto::auth::Claims;
use socketio_wasm::proto::timer::Millis;

use crate::support::{Sample, jwt};

/// The page's clock.
const NOW: Millis = 1_800_000_000_000.0;
/// The same in the seconds of a JWT.
const SECONDS: f64 = NOW / 1_000.0;
const MINUTE: Millis = 60_000.0;
const NEVER: Millis = Millis::INFINITY;

fn of_token(text: &str) -> Claims<Sample> {
    Claims::of_token(NOW, Sample::text(text))
}

fn of_payload(payload: Value) -> Claims<Sample> {
    Claims::of_payload(NOW, &Sample::json(payload))
}

/// How long they are good from now on.
fn left(claims: &Claims<Sample>) -> Millis {
    claims.expires_at - NOW
}

fn subject(claims: &Claims<Sample>) -> Option<&'static str> {
    let subject = claims.subject.as_ref().and_then(Sample::as_text);
    subject.map(|subject| &*subject.leak())
}

#[test]
fn a_jwt_says_how_long_it_is_good() {
    let at = |seconds: f64| SECONDS + seconds;
    for (what, claims, expected) in [
        ("no issue", json!({"exp": at(600.0)}), 600_000.0),
        ("just issued", json!({"iat": at(0.0), "exp": at(600.0)}), 600_000.0),
        ("half over", json!({"iat": at(-300.0), "exp": at(300.0)}), 300_000.0),
        ("a fraction", json!({"iat": at(0.0), "exp": at(0.5)}), 500.0),
        ("no expiry", json!({"iat": at(0.0)}), NEVER),
        ("nothing", json!({}), NEVER),
        // One of the clocks is wrong: the token counts as new.
        (
            "the clock is behind",
            json!({"iat": at(100.0), "exp": at(700.0)}),
            600_000.0,
        ),
        (
            "far behind",
            json!({"iat": at(90_000.0), "exp": at(93_600.0)}),
            3_600_000.0,
        ),
        (
            "the clock is ahead",
            json!({"iat": at(-700.0), "exp": at(-100.0)}),
            600_000.0,
        ),
        (
            "expires right now",
            json!({"iat": at(-600.0), "exp": at(0.0)}),
            600_000.0,
        ),
        // That cannot be known without the time of issue.
        ("expired", json!({"exp": at(-100.0)}), NEVER),
        ("expires now", json!({"exp": at(0.0)}), NEVER),
        (
            "ends before it begins",
            json!({"iat": at(100.0), "exp": at(50.0)}),
            NEVER,
        ),
        (
            "ends when it begins",
            json!({"iat": at(-50.0), "exp": at(-50.0)}),
            NEVER,
        ),
        // What is no number is no time.
        ("a text", json!({"exp": at(600.0).to_string()}), NEVER),
        ("null", json!({"exp": null}), NEVER),
        ("a list", json!({"exp": [at(600.0)]}), NEVER),
        ("the issue is a text", json!({"iat": "x", "exp": at(600.0)}), 600_000.0),
        ("for ever", json!({"exp": 1e300}), 1e303 - NOW),
        ("beyond numbers", json!({"iat": -1e308, "exp": 1e308}), NEVER),
        ("long ago", json!({"exp": -1e308}), NEVER),
    ] {
        assert_eq!(left(&of_token(&jwt(&claims))), expected, "{what}");
    }
}

#[test]
fn a_jwt_says_whose_it_is() {
    for (claims, expected) in [
        (json!({"sub": "me"}), Some(" me")),
        (json!({"iss": "https://id", "sub": "me"}), Some("https://id me")),
        (json!({"iss": 7, "sub": "me"}), Some(" me")),
        (json!({"iss": "https://id"}), None),
        (json!({"sub": 7}), None),
        (json!({"sub": null}), None),
        (json!({}), None),
    ] {
        let token = jwt(&claims);
        let expected = expected.unwrap_or(&token);
        assert_eq!(subject(&of_token(&token)), Some(expected), "{claims}");
    }
    // Renewed, it is the same one's.
    let of = |claims: Value| of_token(&jwt(&claims)).subject;
    let (one, two) = (
        of(json!({"sub": "me", "exp": 1, "jti": "a"})),
        of(json!({"sub": "me", "exp": 2, "jti": "b"})),
    );
    assert_eq!(one, two);
    assert_ne!(of(json!({"sub": "me"})), of(json!({"sub": "you"})));
    assert_ne!(
        of(json!({"sub": "me", "iss": "a"})),
        of(json!({"sub": "me", "iss": "b"}))
    );
}

#[test]
fn the_scheme_in_front_does_not_count() {
    let token = jwt(&json!({"sub": "me", "exp": SECONDS + 60.0}));
    for text in [
        token.clone(),
        format!("Bearer {token}"),
        format!("bearer {token}"),
        format!("BEARER {token}"),
    ] {
        let claims = of_token(&text);
        assert_eq!((left(&claims), subject(&claims)), (MINUTE, Some(" me")), "{text}");
    }
    assert_eq!(subject(&of_token("Bearer opaque")), Some("opaque"));
    assert_eq!(subject(&of_token("opaque")), Some("opaque"));
    assert_eq!(subject(&of_token("Basic dTpw")), Some("Basic dTpw"));
    assert_eq!(
        subject(&of_token("Béarer x")),
        Some("Béarer x"),
        "no character is cut apart"
    );
}

#[test]
fn what_is_no_jwt_is_itself() {
    let whole = jwt(&json!({"sub": "me", "exp": SECONDS + 60.0}));
    let claims = whole.split('.').nth(1).unwrap();
    for text in [
        "",
        ".",
        "..",
        "a.b.c",
        "opaque",
        "ghp_0123456789",
        "🔑.🔑.🔑",
        "eyJhbGciOiJub25lIn0",
        // Not an object: 7, [], "x", null, and no JSON at all.
        "e30.Nw.s",
        "e30.W10.s",
        "e30.Ingi.s",
        "e30.bnVsbA.s",
        "e30.eyJ9.s",
        // Not UTF-8.
        "e30.gICA.s",
        // The claims stand second.
        &format!("{claims}.x.y"),
        &format!("x.y.{claims}"),
        // Base64 that is not for URLs, with padding, or with what is no base64.
        "e30.eyJzdWIiOiLDvyJ9Cg==.s",
        &format!("e30.{claims}=.s"),
        &format!("e30. {claims}.s"),
    ] {
        let found = of_token(text);
        assert_eq!((found.expires_at, subject(&found)), (NEVER, Some(text)), "{text:?}");
    }
    // A token without a signature, or of more parts, says what it says.
    for text in [
        format!("e30.{claims}."),
        format!("e30.{claims}"),
        format!("e30.{claims}.a.b"),
    ] {
        assert_eq!(subject(&of_token(&text)), Some(" me"), "{text:?}");
    }
}

#[test]
fn a_payload_may_have_its_token_in_several_places() {
    let token = jwt(&json!({"sub": "me", "exp": SECONDS + 60.0}));
    for payload in [
        json!({"token": token}),
        json!({"accessToken": token}),
        json!({"access_token": token}),
        json!({"jwt": token}),
        json!({"bearer": token}),
        json!({"token": format!("Bearer {token}"), "room": 7}),
        json!({"headers": {"authorization": format!("Bearer {token}")}}),
        // The same in two places.
        json!({"token": token, "headers": {"authorization": format!("Bearer {token}")}}),
    ] {
        let claims = of_payload(payload.clone());
        assert_eq!((left(&claims), subject(&claims)), (MINUTE, Some(" me")), "{payload}");
    }
    for payload in [
        json!({"Token": token}),
        json!({"data": {"token": token}}),
        json!({"token": [token]}),
        json!({"headers": {"x-token": token}}),
        json!({"headers": [token]}),
        json!({"headers": null}),
    ] {
        assert_eq!(of_payload(payload.clone()).expires_at, NEVER, "{payload}");
    }
}

#[test]
fn of_several_tokens_the_first_to_expire_counts() {
    let token = |sub: &str, left: f64| jwt(&json!({"sub": sub, "exp": SECONDS + left}));
    let (short, long) = (token("me", 60.0), token("me", 600.0));
    for payload in [
        json!({"token": short, "accessToken": long}),
        json!({"token": long, "accessToken": short}),
        json!({"token": long, "headers": {"authorization": format!("Bearer {short}")}}),
    ] {
        let claims = of_payload(payload);
        assert_eq!((left(&claims), subject(&claims)), (MINUTE, Some(" me")));
        // Of this one's time a third.
        assert_eq!(claims.renew_at(NEVER), NOW + 40_000.0);
    }
    let both = of_payload(json!({"token": short, "jwt": token("you", 600.0)}));
    assert_eq!(subject(&both), Some(" me\n you"));
    assert_eq!(left(&both), MINUTE);
    let opaque = of_payload(json!({"token": "a", "jwt": "b"}));
    assert_eq!((subject(&opaque), opaque.expires_at), (Some("a\nb"), NEVER));
}

#[test]
fn a_payload_may_say_itself_when_it_expires() {
    // 2027-01-15T08:00:00Z is now.
    for (expiry, expected) in [
        (json!(SECONDS + 60.0), MINUTE),
        (json!(NOW + 60_000.0), MINUTE),
        (json!("2027-01-15T08:01:00Z"), MINUTE),
        (json!("2027-01-15T07:59:00Z"), NEVER),
        (json!(NOW - 1.0), NEVER),
        (json!(NOW), NEVER),
        (json!(0), NEVER),
        (json!(-5), NEVER),
        (json!("soon"), NEVER),
        (json!(""), NEVER),
        (json!(null), NEVER),
        (json!(true), NEVER),
        (json!({}), NEVER),
        // The year 5138 in seconds, and March 1973 in milliseconds.
        (json!(99_999_999_999.0), 99_999_999_999_000.0 - NOW),
        (json!(100_000_000_000.0), NEVER),
    ] {
        let claims = of_payload(json!({"token": "opaque", "expiresAt": expiry}));
        assert_eq!(left(&claims), expected, "{expiry}");
        assert_eq!(subject(&claims), Some("opaque"));
    }
    // The first to expire counts here too.
    let token = jwt(&json!({"sub": "me", "exp": SECONDS + 60.0}));
    assert_eq!(
        left(&of_payload(json!({"token": token, "expiresAt": SECONDS + 30.0}))),
        30_000.0
    );
    assert_eq!(
        left(&of_payload(json!({"token": token, "expiresAt": SECONDS + 90.0}))),
        MINUTE
    );
}

#[test]
fn a_payload_may_say_itself_whose_it_is() {
    let token = jwt(&json!({"sub": "me"}));
    for payload in [
        json!({"token": token, "subject": "user 7"}),
        json!({"token": "opaque", "subject": "user 7"}),
        json!({"subject": "user 7", "password": "x"}),
    ] {
        assert_eq!(subject(&of_payload(payload)), Some("user 7"));
    }
    assert_eq!(subject(&of_payload(json!({"token": token, "subject": 7}))), Some(" me"));
}

#[test]
fn a_payload_without_a_token_is_somebody_else_when_anything_changes() {
    let of = |payload: Value| of_payload(payload).subject;
    assert_eq!(of(json!({"key": "a"})), of(json!({"key": "a"})));
    assert_ne!(of(json!({"key": "a"})), of(json!({"key": "b"})));
    assert!(of(json!({})).is_some());
    // What is no object is nothing.
    for payload in [json!("token"), json!(["token"]), json!(7), json!(null)] {
        assert_eq!(of_payload(payload), Claims::default());
    }
    assert_eq!(Claims::of_payload(NOW, &Sample::text("{")), Claims::default());
}

#[test]
fn a_request_may_have_a_token_in_its_headers_or_its_query() {
    let token = jwt(&json!({"sub": "me", "exp": SECONDS + 60.0}));
    let with = |headers: &[(&str, &str)], query: &[(&str, &str)]| {
        let members = |pairs: &[(&str, &str)]| -> serde_json::Map<String, Value> {
            pairs
                .iter()
                .map(|(name, value)| ((*name).into(), json!(value)))
                .collect()
        };
        let mut request = members(query);
        // As hosts have them.
        let fields = members(headers)
            .into_iter()
            .map(|(name, value)| (name.to_lowercase(), value))
            .collect();
        request.insert("headers".into(), Value::Object(fields));
        let mut object = Sample::json(Value::Object(request));
        object.parse(0);
        Claims::of_request(NOW, &object)
    };
    let bearer = format!("Bearer {token}");
    for claims in [
        with(&[("Authorization", &bearer)], &[]),
        with(&[("authorization", &token)], &[("room", "7")]),
        with(&[], &[("token", &token)]),
        with(&[], &[("access_token", &token)]),
        with(&[("X-Key", "k"), ("AUTHORIZATION", &bearer)], &[("jwt", &token)]),
    ] {
        assert_eq!((left(&claims), subject(&claims)), (MINUTE, Some(" me")));
    }
    assert_eq!(with(&[], &[]), Claims::default());
    assert_eq!(
        with(&[("X-Key", &bearer)], &[("room", &token), ("Token", &token)]),
        Claims::default()
    );
    assert_eq!(
        subject(&with(&[("Authorization", "Bearer a")], &[("token", "b")])),
        Some("a\nb")
    );
}

#[test]
fn who_gives_a_token_may_say_when_it_expires() {
    let mut claims = of_token("opaque");
    claims.expire(NOW, SECONDS + 60.0);
    assert_eq!(left(&claims), MINUTE);
    claims.expire(NOW, NOW + 30_000.0);
    assert_eq!(left(&claims), 30_000.0);
    for later in [
        SECONDS + 600.0,
        NOW - 1.0,
        Millis::NAN,
        Millis::INFINITY,
        -Millis::INFINITY,
    ] {
        claims.expire(NOW, later);
        assert_eq!(left(&claims), 30_000.0, "{later}");
    }
}

#[test]
fn claims_of_what_travels_together_are_joined() {
    let token = |sub: &str, left: f64| of_token(&jwt(&json!({"sub": sub, "exp": SECONDS + left})));
    let join = |mut one: Claims<Sample>, two: Claims<Sample>| {
        one.join(two);
        one
    };
    assert_eq!(join(Claims::default(), token("me", 60.0)), token("me", 60.0));
    assert_eq!(join(token("me", 60.0), Claims::default()), token("me", 60.0));
    assert_eq!(join(token("me", 60.0), token("me", 30.0)), token("me", 30.0));
    assert_eq!(join(token("me", 30.0), token("me", 60.0)), token("me", 30.0));
    assert_eq!(subject(&join(token("me", 1.0), token("you", 1.0))), Some(" me\n you"));
}

#[test]
fn they_are_renewed_before_they_expire_but_not_before_two_thirds_of_their_time() {
    for (seconds, before, expected) in [
        // An hour, a minute before.
        (3_600.0, MINUTE, 3_540_000.0),
        (3_600.0, 0.0, 3_600_000.0),
        (3_600.0, 600_000.0, 3_000_000.0),
        (3_600.0, 3_600_000.0, 2_400_000.0),
        (3_600.0, NEVER, 2_400_000.0),
        // Three minutes: both are the same.
        (180.0, MINUTE, 120_000.0),
        (60.0, MINUTE, 40_000.0),
        (3.0, MINUTE, 2_000.0),
    ] {
        let claims = of_token(&jwt(&json!({"exp": SECONDS + seconds})));
        assert_eq!(claims.renew_at(before) - NOW, expected, "{seconds} {before}");
    }
    // One that is half over: of the rest.
    let claims = of_token(&jwt(&json!({"iat": SECONDS - 60.0, "exp": SECONDS + 60.0})));
    assert_eq!(claims.renew_at(MINUTE) - NOW, 40_000.0);
}

#[test]
fn what_does_not_expire_is_never_renewed() {
    for before in [0.0, MINUTE, NEVER] {
        assert_eq!(Claims::<Sample>::default().renew_at(before), NEVER, "{before}");
        assert_eq!(of_token("opaque").renew_at(before), NEVER, "{before}");
    }
}

#[test]
fn they_do_not_show_what_they_know() {
    let shown = format!("{:?}", of_payload(json!({"token": "hunter2", "subject": "hunter2"})));
    assert!(!shown.contains("hunter2"), "{shown}");
}

proptest! {
    /// Whatever a token or a clock says: either they expire in the time to come and are renewed before that, or never.
    #[test]
    fn they_are_renewed_between_now_and_their_end(
        now in prop_oneof![0.0..4e12, Just(NOW)],
        issued in proptest::option::of(any::<f64>()),
        expiry in proptest::option::of(prop_oneof![any::<f64>(), 0.0..4e9]),
        expires_at in proptest::option::of(prop_oneof![any::<f64>(), 0.0..4e12]),
        before in prop_oneof![Just(NEVER), 0.0..1e9],
    ) {
        let claims = json!({"iat": issued, "exp": expiry});
        let payload = json!({"token": jwt(&claims), "expiresAt": expires_at});
        let claims = Claims::of_payload(now, &Sample::json(payload));
        let renewed_at = claims.renew_at(before);
        prop_assert!(claims.expires_at > now);
        prop_assert!(renewed_at >= now && renewed_at <= claims.expires_at, "{renewed_at}");
        prop_assert_eq!(renewed_at.is_finite(), claims.expires_at.is_finite());
    }

    #[test]
    fn no_text_is_too_strange_for_a_token(text: String, other in "[a-zA-Z0-9._-]{0,80}") {
        for text in [text, other] {
            let claims = of_token(&text);
            prop_assert!(claims.subject.is_some());
        }
    }
}

#[test]
fn a_clock_that_was_set_back_counts_from_where_it_is() {
    // The host's own clock says `NOW`; the protocol's goes on an hour ahead of it.
    let hour = 60.0 * MINUTE;
    let claims = of_payload(json!({"expiresAt": NOW + MINUTE})).shift(hour);
    assert_eq!(claims.expires_at, NOW + hour + MINUTE);
    assert_eq!(of_token("opaque").shift(hour).expires_at, NEVER);
}
