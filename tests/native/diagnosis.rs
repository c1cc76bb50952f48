//! Why polling failed: every way that the probes can go, and what each shows.

use socketio_wasm::error::Code;
use socketio_wasm::proto::diagnosis::{Diagnosis, Facts, Outcome, Probe, Step};

const OUTCOMES: [Outcome; 5] = [
    Outcome::Failed,
    Outcome::Passed,
    Outcome::Redirected,
    Outcome::Blocked,
    Outcome::Unknown,
];

fn code(name: &str) -> Code {
    let codes = [
        Code::TransportFailed,
        Code::Unreachable,
        Code::CorsMissing,
        Code::CorsPreflight,
        Code::CorsHeader,
        Code::CorsCredentials,
        Code::MixedContent,
        Code::CspBlocked,
        Code::Redirected,
    ];
    codes.into_iter().find(|code| code.as_str() == name).unwrap()
}

/// `m` mixed, `o` own origin, `c` with cookies, and a digit for the number of headers.
fn facts(text: &str) -> Facts {
    Facts {
        is_mixed: text.contains('m'),
        is_own_origin: text.contains('o'),
        with_credentials: text.contains('c'),
        headers: text.chars().find_map(|digit| digit.to_digit(10)).unwrap_or(0) as usize,
    }
}

/// Gives these outcomes (`f` failed, `p` passed, `r` redirected, `b` blocked, `u` unknown) and tells which probes were made and
/// what came of them.
fn run(text: &str, outcomes: &str) -> (Vec<Probe>, Code, Vec<usize>) {
    let (mut diagnosis, mut step) = Diagnosis::begin(facts(text));
    let mut probes = Vec::new();
    let mut outcomes = outcomes.chars();
    loop {
        match step {
            Step::Probe(probe) => {
                probes.push(probe);
                let outcome = match outcomes.next().expect("one more probe") {
                    'f' => Outcome::Failed,
                    'p' => Outcome::Passed,
                    'r' => Outcome::Redirected,
                    'b' => Outcome::Blocked,
                    _ => Outcome::Unknown,
                };
                step = diagnosis.handle(outcome);
            }
            Step::Verdict(code) => {
                assert_eq!(outcomes.next(), None, "a verdict too early");
                return (probes, code, diagnosis.refused().to_vec());
            }
        }
    }
}

#[test]
fn each_case_is_told_from_the_others() {
    for (facts, outcomes, verdict, refused) in [
        ("m", "", "mixed_content", &[][..]),
        ("moc3", "", "mixed_content", &[]),
        // Nobody is there, or nobody whom a page may see.
        ("", "ff", "unreachable", &[]),
        ("c2", "ff", "unreachable", &[]),
        ("o", "ff", "unreachable", &[]),
        ("", "fp", "cors_missing", &[]),
        ("c2", "fp", "cors_missing", &[]),
        ("o", "fp", "transport_failed", &[]),
        ("", "fb", "csp_blocked", &[]),
        ("", "b", "csp_blocked", &[]),
        ("", "r", "redirected", &[]),
        ("", "fr", "redirected", &[]),
        ("", "u", "transport_failed", &[]),
        ("", "fu", "transport_failed", &[]),
        // The server lets the page see its answers.
        ("", "p", "transport_failed", &[]),
        ("o", "p", "transport_failed", &[]),
        ("oc2", "p", "transport_failed", &[]),
        // Cookies.
        ("c", "pf", "cors_credentials", &[]),
        ("c2", "pf", "cors_credentials", &[]),
        ("c", "pp", "transport_failed", &[]),
        ("c", "pr", "redirected", &[]),
        // Headers.
        ("1", "pf", "cors_preflight", &[]),
        ("c1", "ppf", "cors_preflight", &[]),
        ("1", "ppp", "transport_failed", &[]),
        ("1", "ppf", "cors_header", &[0]),
        ("c1", "pppf", "cors_header", &[0]),
        ("3", "ppppp", "transport_failed", &[]),
        ("3", "ppfpf", "cors_header", &[0, 2]),
        ("3", "ppppf", "cors_header", &[2]),
        ("3", "ppfff", "cors_header", &[0, 1, 2]),
        ("3", "ppfu", "transport_failed", &[]),
        ("3", "ppfb", "csp_blocked", &[]),
        ("3", "ppr", "redirected", &[]),
    ] {
        let (_, found, headers) = run(facts, outcomes);
        assert_eq!(found, code(verdict), "{facts:?} {outcomes:?}");
        assert_eq!(headers, refused, "{facts:?} {outcomes:?}");
    }
}

#[test]
fn the_probes_come_in_their_order() {
    use Probe::{Cors, Credentials, Header, Preflight, Reach};
    assert_eq!(
        run("c2", "pppfp").0,
        [Cors, Credentials, Preflight, Header(0), Header(1)]
    );
    assert_eq!(run("2", "pppp").0, [Cors, Preflight, Header(0), Header(1)]);
    assert_eq!(run("c2", "fp").0, [Cors, Reach]);
    assert_eq!(run("m", "").0, []);
}

/// Whatever the browser says, it comes to an end, no probe is made twice, and the headers are those of the app.
#[test]
fn every_path_ends() {
    fn walk(facts: Facts, path: &[Outcome], paths: &mut usize) {
        let (mut diagnosis, mut step) = Diagnosis::begin(facts);
        let mut probes = Vec::new();
        for outcome in path {
            let Step::Probe(probe) = step else {
                panic!("a verdict before the end of {path:?}");
            };
            assert!(!probes.contains(&probe), "{probe:?} twice");
            probes.push(probe);
            step = diagnosis.handle(*outcome);
        }
        match step {
            Step::Probe(probe) => {
                assert!(path.len() < 3 + facts.headers, "no end: {path:?}");
                assert!(probe.header().is_none_or(|index| index < facts.headers));
                for outcome in OUTCOMES {
                    walk(facts, &[path, &[outcome]].concat(), paths);
                }
            }
            Step::Verdict(code) => {
                *paths += 1;
                let refused = diagnosis.refused();
                assert_eq!(refused.is_empty(), code != Code::CorsHeader);
                assert!(refused.iter().all(|index| *index < facts.headers));
                assert!(code.is_transport());
                if code == Code::CorsCredentials {
                    assert!(facts.with_credentials);
                }
                let is_cors = [
                    Code::CorsMissing,
                    Code::CorsCredentials,
                    Code::CorsPreflight,
                    Code::CorsHeader,
                ];
                assert!(
                    !facts.is_own_origin || !is_cors.contains(&code),
                    "no CORS within an origin"
                );
            }
        }
    }
    let mut paths = 0;
    for flags in 0..8 {
        for headers in 0..4 {
            let facts = Facts {
                is_mixed: flags & 1 > 0,
                is_own_origin: flags & 2 > 0,
                with_credentials: flags & 4 > 0,
                headers,
            };
            walk(facts, &[], &mut paths);
        }
    }
    assert!(paths > 200, "{paths} paths");
}

#[test]
fn the_host_knows_probes_and_outcomes_by_number() {
    let probes = [
        Probe::Cors,
        Probe::Reach,
        Probe::Credentials,
        Probe::Preflight,
        Probe::Header(7),
    ];
    assert_eq!(probes.map(Probe::number), [0, 1, 2, 3, 4]);
    assert_eq!(probes.map(Probe::header), [None, None, None, None, Some(7)]);
    for (number, outcome) in OUTCOMES.into_iter().enumerate() {
        assert_eq!(Outcome::from_number(number as u32), outcome);
    }
    assert_eq!(Outcome::from_number(99), Outcome::Unknown);
}
