// whatsapp-api-js: its host is written down in it, so its own way to bring
// another fetch changes the host and nothing else.
import assert from "node:assert/strict";
import { WhatsAppAPI } from "whatsapp-api-js";
import * as M from "whatsapp-api-js/messages";
import * as w from "./world.mjs";

const gateway = (url, init) => fetch(String(url).replace("https://graph.facebook.com", w.kontor), init);
const api = new WhatsAppAPI({ token: w.key, appSecret: w.secret, webhookVerifyToken: w.verifyToken, v: "v24.0", ponyfill: { fetch: gateway } });
const phone = "4915510000012";
const inbound = await w.writes(phone);
const sent = {};
async function send(name, message, context, data) {
  const answer = await api.sendMessage(w.phoneNumberId, { phone: `+${phone}` }, message, context, data);
  assert.ok(!answer.error, `${name}: ${JSON.stringify(answer)}`);
  assert.equal(answer.contacts[0].wa_id, phone, name);
  assert.match(answer.messages[0].id, /^wamid\./, name);
  sent[name] = answer.messages[0].id;
}

const seen = { messages: [], statuses: [] };
api.on.message = ({ message, from, name }) => seen.messages.push({ message, from, name });
api.on.status = (status) => seen.statuses.push(status);
const receiver = await w.receives(async ({ method, query, headers, raw }) => {
  if (method === "GET") return api.get(query);
  await api.post(JSON.parse(raw), raw.toString(), headers["x-hub-signature-256"]);
  await assert.rejects(api.post(JSON.parse(raw), raw.toString(), "sha256=00"), "a bad signature");
});

async function upload(file, type) {
  const form = new FormData();
  form.set("file", new Blob([file], { type }), "file");
  const answer = await api.uploadMedia(w.phoneNumberId, form);
  assert.ok(answer.id, JSON.stringify(answer));
  return answer.id;
}
const image = await upload(w.png, "image/png");
const about = await api.retrieveMedia(image, w.phoneNumberId);
assert.equal(about.mime_type, "image/png");
const back = await (await api.fetchMedia(about.url)).arrayBuffer();
assert.deepEqual(Buffer.from(back), w.png);

await send("text", new M.Text("hello", true), undefined, "order 8");
await send("reply", new M.Text("again"), inbound);
await send("reply to ours", new M.Text("again"), sent.text);
await send("image", new M.Image(image, true, "a dot"));
await send("video", new M.Video(await upload(w.mp4, "video/mp4"), true));
await send("audio", new M.Audio(await upload(w.ogg, "audio/ogg"), true, true));
await send("sticker", new M.Sticker(await upload(w.webp, "image/webp"), true));
await send("document", new M.Document(await upload(w.pdf, "application/pdf"), true, "your bill", "a.pdf"));
await send("location", new M.Location(10.6866, 53.8655, "Workshop", "Königstraße 1"));
await send("contacts", new M.Contacts([new M.Name("Ida Hansen", "Ida"), new M.Phone("+494515550101", "WORK", "494515550101"), new M.Birthday("1990", "01", "31")]));
await send("reaction", new M.Reaction(inbound, "👍"));
await send("template", new M.Template("hello_world", "en_US"));
const interactive = (action, header) => new M.Interactive(action, new M.Body("body"), header, new M.Footer("footer"));
const product = new M.Product("p");
await send("buttons", interactive(new M.ActionButtons(new M.Button("y", "Yes"), new M.Button("n", "No")), new M.Header(new M.Image(image, true))));
await send("list", interactive(new M.ActionList("Choose", new M.ListSection("Week", new M.Row("mo", "Monday", "Mornings"))), new M.Header("When")));
await send("cta_url", interactive(new M.ActionCTA("Open", "https://shop.example/1")));
await send("flow", interactive(new M.ActionNavigateFlow("t", "1234567890", "Book", "FIRST", { a: 1 })));
await send("flow with data", interactive(new M.ActionDataExchangeFlow("t", "1234567890", "Book")));
await send("catalog", new M.Interactive(new M.ActionCatalog(product), new M.Body("body")));
await send("product", new M.Interactive(new M.ActionProduct(new M.CatalogProduct("p", "c")), new M.Body("body")));
await send("product list", interactive(new M.ActionProductList("c", new M.ProductSection("All", product)), new M.Header("Bikes")));
await send("location request", new M.Interactive(new M.ActionLocation(), new M.Body("Where?")));
await send("call permission", new M.Interactive(new M.ActionCallPermission(), new M.Body("May we?")));
await send("contact request", new M.Interactive(new M.ActionContactRequest(), new M.Body("Your number?")));
assert.deepEqual(await api.markAsRead(w.phoneNumberId, inbound, "text"), { success: true });
await w.arrived(sent);

// What is not served says so.
const call = await api.initiateCall(w.phoneNumberId, { phone }, "v=0");
assert.equal(call.error.code, 100);
assert.ok((await api.deleteMedia(image, w.phoneNumberId)).success);
assert.equal((await api.retrieveMedia(image)).error.code, 100);

const qr = await api.createQR(w.phoneNumberId, "Hello", "png");
if (!qr.error) { // the provider at hand has them
  assert.ok((await api.retrieveQR(w.phoneNumberId)).data.some((one) => one.code === qr.code));
  assert.ok((await api.updateQR(w.phoneNumberId, qr.code, "Hello again")).code);
  assert.ok((await api.deleteQR(w.phoneNumberId, qr.code)).success);
}
const blocked = await api.blockUser(w.phoneNumberId, { phone });
assert.ok(blocked.block_users?.added_users?.length === 1, JSON.stringify(blocked));
await api.unblockUser(w.phoneNumberId, { phone });

const later = await w.writes(phone, "Grüße 👋");
await w.until("the customer's words came by webhook", () => seen.messages.some((one) => one.message.id === later));
const status = await w.until("the statuses came by webhook", () => seen.statuses.find((one) => one.id === sent.text && one.status === "delivered"));
assert.equal(status.biz_opaque_callback_data, "order 8");
assert.equal(seen.messages.find((one) => one.message.id === later).message.text.body, "Grüße 👋");
await receiver.close();
console.log(`ok: ${Object.keys(sent).length} messages, ${seen.statuses.length} statuses`);
