// A certificate for the hosts of tests, made when it's asked for. No browser trusts it: Chromium takes it with
// `--ignore-certificate-errors`.
import { generate } from "selfsigned";

/** `{ key, cert }` for `https.createServer`. */
export async function certificate() {
  const { private: key, cert } = await generate([{ name: "commonName", value: "app.test" }], { keySize: 2048 });
  return { key, cert };
}
