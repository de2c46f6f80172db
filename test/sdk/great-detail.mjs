// @great-detail/whatsapp: prefixUrl names the gateway, and the key goes into its headers.
import assert from "node:assert/strict";
import Client from "@great-detail/whatsapp";
import * as w from "./world.mjs";

const client = new Client({ prefixUrl: w.kontor, request: { headers: { Authorization: `Bearer ${w.key}` }, retry: 0 } });
const phone = "4915510000013";
const inbound = await w.writes(phone);
const sent = {};
async function send(name, message) {
  const answer = await client.message.createMessage({ phoneNumberID: w.phoneNumberId, to: phone, ...message }).json();
  assert.deepEqual(answer.contacts, [{ input: phone, wa_id: phone }], name);
  assert.match(answer.messages[0].id, /^wamid\./, name);
  sent[name] = answer.messages[0].id;
}

const seen = [];
const receiver = await w.receives(async ({ method, query, headers, raw }) => {
  if (method === "GET") {
    const registration = await client.webhook.register({ method, query, headers });
    assert.equal(registration.verifyToken, w.verifyToken);
    return registration.accept();
  }
  const event = await client.webhook.eventNotification({ method, query, headers, body: raw.toString() });
  await event.verifySignature(w.secret);
  seen.push(event.eventNotification);
});

const upload = async (file, mimeType, filename) => {
  const answer = await client.media.upload({ phoneNumberID: w.phoneNumberId, mimeType, filename, file: new Blob([file]) }).json();
  return answer.id;
};
const image = await upload(w.png, "image/png", "dot.png");
const about = await client.media.getURL({ mediaID: image, phoneNumberID: w.phoneNumberId }).json();
assert.equal(about.mime_type, "image/png");
const back = await fetch(about.url, { headers: { Authorization: `Bearer ${w.key}` } });
assert.deepEqual(Buffer.from(await back.arrayBuffer()), w.png);

await send("text", { type: "text", text: { body: "hello" }, biz_opaque_callback_data: "order 9" });
await send("reply", { type: "text", context: { message_id: inbound }, text: { body: "again" } });
await send("image", { type: "image", image: { id: image, caption: "a dot" } });
await send("video", { type: "video", video: { id: await upload(w.mp4, "video/mp4", "a.mp4") } });
await send("audio", { type: "audio", audio: { id: await upload(w.ogg, "audio/ogg", "a.ogg") } });
await send("sticker", { type: "sticker", sticker: { id: await upload(w.webp, "image/webp", "a.webp") } });
await send("document", { type: "document", document: { id: await upload(w.pdf, "application/pdf", "a.pdf"), filename: "a.pdf" } });
await send("location", { type: "location", location: { latitude: "53.8655", longitude: "10.6866", name: "Workshop", address: "Lübeck" } });
await send("contacts", { type: "contacts", contacts: [{ name: { formatted_name: "Ida Hansen", first_name: "Ida" } }] });
await send("reaction", { type: "reaction", reaction: { message_id: inbound, emoji: "👍" } });
await send("template", { type: "template", template: { name: "hello_world", language: { policy: "deterministic", code: "en_US" } } });
await send("buttons", { type: "interactive", interactive: { type: "button", body: { text: "Start?" }, action: { buttons: [{ type: "reply", reply: { id: "y", title: "Yes" } }] } } });
await send("list", { type: "interactive", interactive: { type: "list", body: { text: "When?" }, action: { button: "Choose", sections: [{ rows: [{ id: "mo", title: "Monday" }] }] } } });
await send("product", { type: "interactive", interactive: { type: "product", body: { text: "See" }, action: { catalog_id: "c", product_retailer_id: "p" } } });
const read = await client.message.createStatus({ phoneNumberID: w.phoneNumberId, status: "read", message_id: inbound }).json();
assert.deepEqual(read, { success: true });
await w.arrived(sent);

await client.businessProfile.updateBusinessProfile({ phoneNumberID: w.phoneNumberId, about: "Open" }).json();
const profile = await client.businessProfile.getBusinessProfile({ phoneNumberID: w.phoneNumberId, fields: ["about", "vertical"] }).json();
assert.equal(profile.data[0].about, "Open");
const number = await client.phoneNumbers.getPhoneNumber({ phoneNumberID: w.phoneNumberId, fields: ["id", "verified_name", "quality_rating"] }).json();
assert.equal(number.id, w.phoneNumberId);
const numbers = await client.phoneNumbers.listPhoneNumbers({ businessAccountID: w.wabaId }).json();
assert.ok(numbers.data.some((one) => one.id === w.phoneNumberId));
const account = await client.whatsappBusinessAccount.get(w.wabaId, { fields: ["id", "name"] }).json();
assert.equal(account.id, w.wabaId);
const templates = await client.template.list(w.wabaId, { limit: 3, fields: ["id", "name", "status"] }).json();
const one = await client.template.get(templates.data[0].id, { fields: ["name", "status"] }).json();
assert.equal(one.name, templates.data[0].name);
const made = await client.template.create(w.wabaId, { name: "made_by_sdk", language: "en_US", category: "UTILITY", components: [{ type: "BODY", text: "Your order has left our house." }] }).json();
assert.ok(made.id, JSON.stringify(made));
assert.equal((await client.template.get(made.id, { fields: ["name"] }).json()).name, "made_by_sdk");
assert.ok((await client.template.delete(w.wabaId, { name: "made_by_sdk" }).json()).success);
assert.ok(Array.isArray((await client.subscribedApps.listSubscriptions({ businessAccountID: w.wabaId }).json()).data));
assert.ok((await client.media.delete({ mediaID: image }).json()).success);
const refusal = await client.media.getURL({ mediaID: image }).json().catch(async (error) => error.response.json());
assert.equal(refusal.error.code, 100);

const later = await w.writes(phone, "thank you");
const values = () => seen.flatMap((event) => event.entry.flatMap((entry) => entry.changes.map((change) => change.value)));
await w.until("the customer's words came by webhook", () => values().some((value) => value.messages?.some((message) => message.id === later)));
const status = await w.until("the statuses came by webhook", () => values().flatMap((value) => value.statuses ?? []).find((one) => one.id === sent.text && one.status === "delivered"));
assert.equal(status.biz_opaque_callback_data, "order 9");
await receiver.close();
console.log(`ok: ${Object.keys(sent).length} messages, ${seen.length} webhooks`);
