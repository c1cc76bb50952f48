// What a broken or malicious server may send to a connected client, and what the client owes the app for it.
//
// `frames`: strings and Buffers, as Engine.IO packets (a Buffer is a binary message). `outcome`:
//
//   parse error   the socket disconnects with that reason
//   closed        it disconnects as `parse error`, `transport error` or `transport close`
//   refused       it disconnects, or says `connect_error`
//   ignored       nothing happens: the socket goes on
//   survived      either of the last and `closed`: there are good reasons for both
//
// `only` names the transport where the frames make sense; `oursOnly`: the official client lets it pass, or throws.
const bytes = Buffer.from([1, 2, 3]);
const placeholder = (num) => `{"_placeholder":true,"num":${num}}`;

export const malformed = {
  // Socket.IO: the payload
  "JSON that stops": { frames: ['42["x",'], outcome: "parse error" },
  "JSON that isn't": { frames: ["42[x]"], outcome: "parse error" },
  "JSON and then more": { frames: ['42["x"]]'], outcome: "parse error" },
  "an event that is an object": { frames: ['42{"x":1}'], outcome: "parse error" },
  "an event that is null": { frames: ["42null"], outcome: "parse error" },
  "an event without a name": { frames: ["42[]"], outcome: "parse error" },
  "an event named by an object": { frames: ["42[{}]"], outcome: "parse error" },
  "an event with a reserved name": { frames: ['42["connect"]'], outcome: "parse error" },
  "an event named disconnect": { frames: ['42["disconnect","x"]'], outcome: "parse error" },
  "an acknowledgement that is an object": { frames: ['430{"x":1}'], outcome: "parse error" },
  "a DISCONNECT with a payload": { frames: ['41{"x":1}'], outcome: "parse error" },
  "a CONNECT with an array": { frames: ["40[1]"], outcome: "parse error" },
  "a CONNECT_ERROR without a payload": { frames: ["44"], outcome: "refused", oursOnly: true },
  "a CONNECT_ERROR with an array": { frames: ['44["no"]'], outcome: "parse error" },

  // Socket.IO: the header
  "an unknown type": { frames: ['49["x"]'], outcome: "parse error" },
  "a type that isn't a digit": { frames: ['4x["x"]'], outcome: "parse error" },
  "no type at all": { frames: ["4"], outcome: "refused" },
  "a namespace that never ends": { frames: ["42/somewhere"], outcome: "survived" },
  "a namespace that nobody asked for": { frames: ['42/nobody,["x"]'], outcome: "ignored" },
  "an acknowledgement that nobody waits for": { frames: ['43999["x"]'], outcome: "ignored" },
  "an acknowledgement with a huge id": { frames: ['4399999999999999999999999["x"]'], outcome: "survived" },
  "an acknowledgement without an id": { frames: ['43["x"]'], outcome: "ignored" },
  "an event with a huge id": { frames: ['4218446744073709551616["huge-id"]'], outcome: "survived" },

  // Attachments
  "no number of attachments": { frames: ['45-["x"]'], outcome: "parse error" },
  "a number of attachments that isn't": { frames: ['45a-["x"]'], outcome: "parse error" },
  "attachments without a dash": { frames: ['451["x"]'], outcome: "parse error" },
  "zero attachments": { frames: ['450-["x"]'], outcome: "parse error" },
  "a negative number of attachments": { frames: ['45-1-["x"]'], outcome: "parse error" },
  "half an attachment": { frames: ['451.5-["x"]'], outcome: "parse error" },
  "a billion attachments": { frames: [`451000000000-["x",${placeholder(0)}]`], outcome: "parse error" },
  "more attachments than a number holds": { frames: [`4599999999999999999999-["x",${placeholder(0)}]`], outcome: "parse error" },
  "text where an attachment was due": { frames: [`451-["x",${placeholder(0)}]`, '42["y"]'], outcome: "parse error" },
  "an attachment that nobody announced": { frames: [bytes], outcome: "parse error" },
  "a placeholder past the end": { frames: [`451-["x",${placeholder(1)}]`, bytes], outcome: "parse error" },
  "a placeholder below zero": { frames: [`451-["x",${placeholder(-1)}]`, bytes], outcome: "parse error" },
  "a placeholder that is a string": { frames: [`451-["x",${placeholder('"0"')}]`, bytes], outcome: "parse error" },
  "a placeholder that is a fraction": { frames: [`451-["x",${placeholder(0.5)}]`, bytes], outcome: "parse error", oursOnly: true },
  "a placeholder without a number": { frames: ['451-["x",{"_placeholder":true}]', bytes], outcome: "parse error" },
  "an acknowledgement with a bad placeholder": { frames: [`461-0[${placeholder(7)}]`, bytes], outcome: "parse error" },

  // Engine.IO
  "an empty packet": { frames: [""], outcome: "closed" },
  "an unknown packet": { frames: ["9"], outcome: "closed" },
  "prose": { frames: ["Hello, world"], outcome: "closed" },
  "half a surrogate pair": { frames: ["\ud83d"], outcome: "closed", only: "polling" },
  "base64 that isn't": { frames: ["b!!!"], outcome: "closed" },
  "a second handshake that isn't JSON": { frames: ["0{"], outcome: "survived", oursOnly: true },
  "a noop": { frames: ["6"], outcome: "ignored" },
  "a pong that nobody asked for": { frames: ["3"], outcome: "ignored" },
  "a close": { frames: ["1"], outcome: "closed", only: "polling" },
};
