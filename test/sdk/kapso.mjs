// @kapso/whatsapp-cloud-api: baseUrl names the gateway, accessToken is our key.
import assert from "node:assert/strict";
import { WhatsAppClient } from "@kapso/whatsapp-cloud-api";
import { normalizeWebhook, verifySignature } from "@kapso/whatsapp-cloud-api/server";
import * as w from "./world.mjs";

const client = new WhatsAppClient({ baseUrl: w.kontor, accessToken: w.key });
const phone = "4915510000011";
const base = { phoneNumberId: w.phoneNumberId, to: `+${phone}` };
const inbound = await w.writes(phone);
const sent = {};
const took = (name, answer) => {
  assert.equal(answer.contacts[0].waId, phone, name);
  assert.match(answer.messages[0].id, /^wamid\./, name);
  sent[name] = answer.messages[0].id;
};

// webhooks, before anything happens
const seen = { messages: [], statuses: [] };
const receiver = await w.receives(({ method, query, headers, raw }) => {
  if (method === "GET") {
    assert.equal(query["hub.verify_token"], w.verifyToken);
    return query["hub.challenge"];
  }
  assert.ok(verifySignature({ appSecret: w.secret, rawBody: raw, signatureHeader: headers["x-hub-signature-256"] }), "the signature");
  const news = normalizeWebhook(JSON.parse(raw));
  seen.messages.push(...news.messages);
  seen.statuses.push(...news.statuses);
});

// media
const upload = async (file, type, fileName) => (await client.media.upload({ phoneNumberId: w.phoneNumberId, type, file: new Blob([file], { type }), fileName })).id;
const image = await upload(w.png, "image/png", "dot.png");
const meta = await client.media.get({ mediaId: image, phoneNumberId: w.phoneNumberId });
assert.equal(meta.mimeType, "image/png");
assert.ok(meta.url.startsWith(w.kontor), meta.url);
const back = await client.media.download({ mediaId: image, phoneNumberId: w.phoneNumberId, auth: "always" });
assert.deepEqual(Buffer.from(back), w.png);
const video = await upload(w.mp4, "video/mp4", "a.mp4");
const audio = await upload(w.ogg, "audio/ogg", "a.ogg");
const sticker = await upload(w.webp, "image/webp", "a.webp");
const document = await upload(w.pdf, "application/pdf", "a.pdf");

// every type of message
const m = client.messages;
took("text", await m.sendText({ ...base, body: "hello", previewUrl: true, bizOpaqueCallbackData: "order 7" }));
took("reply", await m.sendText({ ...base, body: "again", contextMessageId: inbound }));
took("reply to ours", await m.sendText({ ...base, body: "again", contextMessageId: sent.text }));
took("image", await m.sendImage({ ...base, image: { id: image, caption: "a dot" } }));
took("video", await m.sendVideo({ ...base, video: { id: video } }));
took("audio", await m.sendAudio({ ...base, audio: { id: audio, voice: true } }));
took("sticker", await m.sendSticker({ ...base, sticker: { id: sticker } }));
took("document", await m.sendDocument({ ...base, document: { id: document, filename: "a.pdf" } }));
took("location", await m.sendLocation({ ...base, location: { latitude: 53.8655, longitude: 10.6866, name: "Workshop" } }));
took("contacts", await m.sendContacts({ ...base, contacts: [{ name: { formattedName: "Ida Hansen", firstName: "Ida" }, phones: [{ phone: "+494515550101", waId: "494515550101" }] }] }));
took("reaction", await m.sendReaction({ ...base, reaction: { messageId: inbound, emoji: "👍" } }));
took("template", await m.sendTemplate({ ...base, template: { name: "hello_world", language: { code: "en_US" } } }));
took("buttons", await m.sendInteractiveButtons({ ...base, header: { type: "image", image: { id: image } }, bodyText: "Start?", buttons: [{ id: "y", title: "Yes" }] }));
took("list", await m.sendInteractiveList({ ...base, bodyText: "When?", buttonText: "Choose", sections: [{ title: "Week", rows: [{ id: "mo", title: "Monday" }] }] }));
took("cta_url", await m.sendInteractiveCtaUrl({ ...base, bodyText: "Pay", parameters: { displayText: "Open", url: "https://shop.example/1" } }));
took("product", await m.sendInteractiveProduct({ ...base, bodyText: "See", catalogId: "c", productRetailerId: "p" }));
took("product list", await m.sendInteractiveProductList({ ...base, header: { type: "text", text: "Bikes" }, bodyText: "See", catalogId: "c", sections: [{ title: "All", productItems: [{ productRetailerId: "p" }] }] }));
took("catalog", await m.sendInteractiveCatalogMessage({ ...base, bodyText: "See", parameters: { thumbnailProductRetailerId: "p" } }));
took("flow", await m.sendInteractiveFlow({ ...base, bodyText: "Book", parameters: { flowId: "1234567890", flowCta: "Book", flowToken: "t", flowAction: "navigate", flowActionPayload: { screen: "FIRST", data: { a: 1 } } } }));
took("address", await m.sendInteractiveAddress({ ...base, bodyText: "Where?", parameters: { country: "IN", values: { name: "Ida" } } }));
took("location request", await m.sendInteractiveLocationRequest({ ...base, bodyText: "Where?", parameters: { requestMessage: "Where?" } }));
took("call permission", await m.sendInteractiveCallPermission({ ...base, bodyText: "May we call?", parameters: { phoneNumber: "+494515550100" } }));
took("carousel", await m.sendInteractiveCarousel({ ...base, bodyText: "See", cards: [0, 1].map((cardIndex) => ({ cardIndex, header: { type: "image", image: { id: image } }, bodyText: "one", action: { displayText: "Open", url: "https://shop.example/1" } })) }));
await m.markRead({ phoneNumberId: w.phoneNumberId, messageId: inbound, typingIndicator: { type: "text" } });
await w.arrived(sent);
await w.until("the phone shows all of them and what the customer wrote", async () => (await w.shown(phone)).length === Object.keys(sent).length + 1);

// management
const templates = await client.templates.list({ businessAccountId: w.wabaId, limit: 5 });
assert.ok(templates.data.some((t) => t.name === "hello_world"));
await client.phoneNumbers.businessProfile.update({ phoneNumberId: w.phoneNumberId, about: "Open 9-5" });
const profile = await client.phoneNumbers.businessProfile.get({ phoneNumberId: w.phoneNumberId, fields: "about" });
assert.equal(profile.data[0].about, "Open 9-5");
assert.ok(await client.phoneNumbers.settings.get({ phoneNumberId: w.phoneNumberId }));
await client.media.delete({ mediaId: image });
await assert.rejects(client.media.get({ mediaId: image }), (error) => error.code === 100);
await assert.rejects(m.sendText({ ...base, to: "+4915510000099", body: "too early" }), (error) => error.code === 131047);
await assert.rejects(new WhatsAppClient({ baseUrl: w.kontor, accessToken: "wrong" }).messages.sendText({ ...base, body: "x" }), (error) => error.code === 190);

// what came by webhook
const later = await w.writes(phone, "thank you");
await w.until("the customer's words came by webhook", () => seen.messages.some((one) => one.id === later));
const status = await w.until("the statuses came by webhook", () => seen.statuses.find((one) => one.id === sent.text && one.status === "delivered"));
assert.equal(status.bizOpaqueCallbackData, "order 7");
assert.equal(seen.messages.find((one) => one.id === later).text.body, "thank you");
await receiver.close();
console.log(`ok: ${Object.keys(sent).length} messages, ${seen.statuses.length} statuses`);
