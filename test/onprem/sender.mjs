// A program of the old world: @hyperjumptech/whatsapp-business-sender as it is
// on npm. It fails by throwing; what it learns is printed as JSON.
import whatsapp from "@hyperjumptech/whatsapp-business-sender";

const host = process.env.ONPREM_HOST;
const phone = "+49 151 12345678";

const login = await whatsapp.loginUser(host, { username: "admin", password: process.env.ONPREM_PASSWORD });
const { token, expires_after: expires } = login.users[0];
if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+00:00$/.test(expires)) throw new Error(`expires_after is ${expires}`);

const checked = await whatsapp.checkContacts(host, token, [phone, "hello"]);
if (checked.contacts[0].status !== "valid" || checked.contacts[0].wa_id !== "4915112345678" || checked.contacts[0].input !== phone) {
  throw new Error(`contacts are ${JSON.stringify(checked)}`);
}
if (checked.contacts[1].status !== "invalid") throw new Error(`"hello" is ${checked.contacts[1].status}`);

const template = { namespace: "c8a4f5d2_0000_4f2a_9a53_1f4c0e6f3b11", name: "hello_world", language: { policy: "deterministic", code: "en_US" }, components: [] };
const sent = await whatsapp.sendMessageTemplateText(host, token, { phone: checked.contacts[0].wa_id, template });
const id = sent.messages[0].id;
if (id.length > 40) throw new Error(`the id has ${id.length} characters`);
if (sent.meta.api_status !== "stable") throw new Error(`meta is ${JSON.stringify(sent.meta)}`);

let refused = false;
try {
  await whatsapp.sendMessageTemplateText(host, "not-a-token", { phone, template });
} catch {
  refused = true;
}
console.log(JSON.stringify({ id, refused }));
