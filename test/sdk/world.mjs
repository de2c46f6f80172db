// What the stories of the SDKs share: the addresses and the key from the
// environment, a customer's phone in the sandbox, a receiver of webhooks, and
// small files that are what they say they are.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { deflateSync } from "node:zlib";

const need = (name) => process.env[name] ?? assert.fail(`${name} is not set`);

export const kontor = need("SDK_KONTOR");
export const sandbox = need("SDK_SANDBOX");
export const key = need("SDK_KEY");
export const phoneNumberId = need("SDK_PHONE_NUMBER_ID");
export const wabaId = need("SDK_WABA_ID");
export const secret = "the app secret of the story";
export const verifyToken = "open sesame";

export async function json(method, url, body) {
  const response = await fetch(url, {
    method,
    headers: { Authorization: `Bearer ${key}`, ...(body ? { "Content-Type": "application/json" } : {}) },
    body: body && JSON.stringify(body),
  });
  const text = await response.text();
  assert.ok(response.ok, `${method} ${url}: ${response.status} ${text}`);
  return JSON.parse(text);
}

/** Waits for what another process brings about. */
export async function until(what, condition) {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const got = await condition();
    if (got) return got;
    assert.ok(Date.now() < deadline, `waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A customer who writes, which opens the window; the answer is the message's wamid. */
export async function writes(phone, text = "hello") {
  const { id } = await json("POST", `${sandbox}/sandbox/customers/${phone}/messages`, { type: "text", text: { body: text }, to: phoneNumberId, profile: { name: "Carla" } });
  await until("the message arrived", async () => {
    const response = await fetch(`${kontor}/api/v1/whatsapp/messages/${id}`, { headers: { Authorization: `Bearer ${key}` } });
    await response.text();
    return response.ok;
  });
  return id;
}

/** What the phone shows of the business, oldest first. */
export async function shown(phone) {
  const { data } = await json("GET", `${sandbox}/sandbox/customers/${phone}/messages?limit=100`);
  return data;
}

/** Waits until each message has come as far as WhatsApp. */
export async function arrived(ids) {
  for (const [name, id] of Object.entries(ids)) {
    await until(`${name} is delivered`, async () => {
      const m = await json("GET", `${kontor}/api/v1/whatsapp/messages/${encodeURIComponent(id)}`);
      assert.notEqual(m.status, "failed", `${name} failed: ${JSON.stringify(m.errors)}`);
      return ["sent", "delivered", "read"].includes(m.status);
    });
  }
}

/** Subscribes a receiver; handle(request) answers {status, body} for GET and POST. */
export async function receives(handle) {
  const server = createServer((request, response) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", async () => {
      const url = new URL(request.url, "http://receiver");
      try {
        const body = await handle({ method: request.method, query: Object.fromEntries(url.searchParams), headers: request.headers, raw: Buffer.concat(chunks) });
        response.writeHead(200).end(body ?? "");
      } catch (error) {
        console.error("the receiver refused:", error);
        response.writeHead(400).end();
      }
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${server.address().port}/webhook`;
  const made = await json("POST", `${kontor}/api/v1/whatsapp/subscriptions`, { url, dialect: "cloud-api", secret, verify_token: verifyToken });
  assert.ok(made.id, "the subscription has an id");
  return { close: () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }) };
}

// --- files -------------------------------------------------------------------

function chunk(kind, data) {
  const out = Buffer.alloc(12 + data.length);
  out.writeUInt32BE(data.length, 0);
  out.write(kind, 4, "latin1");
  data.copy(out, 8);
  out.writeUInt32BE(crc(out.subarray(4, 8 + data.length)), 8 + data.length);
  return out;
}

function crc(data) {
  let c = 0xffffffff;
  for (const byte of data) {
    c ^= byte;
    for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  }
  return (c ^ 0xffffffff) >>> 0;
}

/** A picture of one red dot. */
export const png = Buffer.concat([
  Buffer.from("89504e470d0a1a0a", "hex"),
  chunk("IHDR", Buffer.from("00000001000000010802000000", "hex")),
  chunk("IDAT", deflateSync(Buffer.from([0, 255, 0, 0]))),
  chunk("IEND", Buffer.alloc(0)),
]);
export const pdf = Buffer.from("%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n");
export const mp4 = Buffer.concat([Buffer.from("00000018667479706d703432000000006d7034326d703431", "hex"), Buffer.from("000000086d6f6f76000000086d646174", "hex")]);
export const ogg = Buffer.concat([Buffer.from("OggS\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x13OpusHead\x01\x01\x38\x01\x80\xbb\0\0\0\0\0", "latin1")]);
export const webp = Buffer.concat([Buffer.from("RIFF\x24\0\0\0WEBPVP8 \x18\0\0\0", "latin1"), Buffer.from("30010 09d012a0100010002003425a4000370".replaceAll(" ", ""), "hex"), Buffer.alloc(8)]);
