// Engine.IO packets, told in a line for the log.
import { shape } from "./redact.js";

const SOCKET_PACKETS = ["CONNECT", "DISCONNECT", "EVENT", "ACK", "CONNECT_ERROR", "BINARY_EVENT", "BINARY_ACK"];

/**
 * @param {{ type: string, data?: unknown }} packet As the engine's events `packet` and `packetCreate` give it.
 * @param {import("./redact.js").Redactor} redactor
 * @returns {{ title: string, detail: string }}
 */
export function describe({ type, data }, redactor) {
  if (type === "open") return { title: "open", detail: handshake(data) };
  if (type !== "message") return { title: type, detail: typeof data === "string" ? redactor.text(data) : "" };
  if (typeof data !== "string") return { title: "attachment", detail: `${data.byteLength ?? data.size} bytes` };

  const [, digit, attachments, namespace, id, json] = /^(\d)(?:(\d+)-)?(?:(\/[^,]*),?)?(\d+)?(.*)$/s.exec(data) ?? [];
  const kind = SOCKET_PACKETS[digit];
  if (!kind) return { title: "message", detail: `${data.length} characters` };
  const value = parse(json);
  const parts = [namespace, id && `id ${id}`, attachments && `${attachments} attachments`];
  // What CONNECT carries is made of credentials (and, coming back, of the secret that recovers the session).
  parts.push(value === undefined ? undefined : JSON.stringify(kind === "CONNECT" ? shape(value) : redactor.value(value)));
  return { title: kind, detail: parts.filter(Boolean).join(" · ") };
}

/** Without the session's id: whoever has it can speak for the session. */
function handshake(data) {
  const { upgrades, pingInterval, pingTimeout } = (typeof data === "string" ? parse(data) : data) ?? {};
  return JSON.stringify({ upgrades, pingInterval, pingTimeout });
}

function parse(json) {
  try {
    return json ? JSON.parse(json) : undefined;
  } catch {
    return undefined;
  }
}
