// A house in which people have worked for some hours: what the pages show when
// somebody looks at all of them. Customers write in seven languages, one from
// right to left; something failed, something waits, something is left for later.

import { readFileSync } from 'node:fs'
import { api, kontor, meta, picture, until } from './browser.mjs'
import { voice } from './sound.mjs'

const image = () => ({ data: readFileSync(picture).toString('base64'), mime_type: 'image/png' })

/** The customers, by what the house calls them. */
export const people = {
  katrin: { phone: '4915228817386', name: 'Katrin Petersen' },
  joao: { phone: '551155500177', name: 'João Baptista' },
  chen: { phone: '8613905550134', name: '陈静怡' },
  aylin: { phone: '4915155504711', name: 'Aylin Demir' },
  marcus: { phone: '12025550143', name: 'Marcus Weaver' },
  peter: { phone: '4945155501286', name: 'Peter Claasen' },
  lena: { phone: '4915155508830', name: 'Lena Hoffmann' },
  bruna: { phone: '5511955502212', name: 'Bruna Costa' },
  layla: { phone: '971505550188', name: 'ليلى حداد' },
  dana: { phone: '972525550164', name: 'דנה לוי' },
  long: { phone: '4915155509999', name: 'Anna-Sophie von Wolfenbüttel-Schwarzburg zu Rudolstadt' },
}

const writes = ({ phone, name }, message) =>
  meta('POST', `/customers/${phone}/messages`, {
    profile: { name },
    ...(typeof message === 'string' ? { type: 'text', text: { body: message } } : message),
  })

/** So many minutes ago, by Meta's clock and the product's. */
const minutesAgo = (minutes) => meta('POST', '/clock', { set: new Date(Date.now() - minutes * 60_000).toISOString() })

/** Calls the API as whoever is signed in on a page. */
function as(page) {
  return (method, path, body, headers = {}) =>
    page.evaluate(
      async ([method, path, body, headers]) => {
        const answer = await fetch(`/api/v1/whatsapp${path}`, {
          method,
          headers: { 'Content-Type': 'application/json', 'X-Kontor-Request': '1', ...headers },
          body: body === undefined ? undefined : JSON.stringify(body),
        })
        const text = await answer.text()
        if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
        return text ? JSON.parse(text) : undefined
      },
      [method, path, body, headers],
    )
}

const there = ({ phone }) => until(`${phone} is there`, () => api('GET', `/conversations/${phone}`).catch(() => null))

/** Fills the house, as Ana who is signed in on the page and Ben on his. */
export async function furnish(page, benPage) {
  const ana = as(page)
  const ben = as(benPage)
  const idle = () => meta('POST', '/idle?wait=10s')
  const says = (who, { phone }, text, more = {}) => who('POST', '/send/text', { to: phone, text, ...more })

  // The house itself.
  const { data: staff } = await ana('GET', '/people')
  const me = staff.find(({ name }) => name === 'Ana Ribeiro').person_id
  const him = staff.find(({ name }) => name === 'Ben Krüger').person_id
  const workshop = await ana('POST', '/teams', { name: 'Werkstatt Lübeck' })
  await ana('POST', '/teams', { name: 'Verkauf' })
  await ana('PUT', `/teams/${workshop.team_id}/members`, { people: [me, him] })
  await ana('PUT', `/routing/${workshop.team_id}`, {
    mode: 'least_busy',
    capacity: 8,
    time_zone: 'Europe/Berlin',
    hours: ['mon', 'tue', 'wed', 'thu', 'fri'].map((day) => ({ day, from: '09:00', to: '18:00' })),
    closed_days: ['2026-12-25'],
  })
  await ana('POST', '/invitations', { email: 'tomasz@nordlicht.example', name: 'Tomasz Wróbel', role: 'technician', teams: [workshop.team_id] })
  const labels = {}
  for (const [name, colour] of [['Garantie', '#0d9488'], ['VIP', '#7c3aed'], ['Ersatzteil bestellt', '#ca8a04']]) {
    labels[name] = (await ana('POST', '/labels', { name, colour })).label_id
  }
  for (const [scope, shortcut, text] of [
    ['workspace', 'oeffnungszeiten', 'Wir sind Montag bis Freitag von 9 bis 18 Uhr für Sie da, samstags bis 13 Uhr.'],
    ['workspace', 'ready', 'Hello {{contact.first_name}}, your bicycle is ready. Come by until {{time}}.'],
    ['person', 'obrigada', 'Obrigada, {{contact.first_name}}! Avisamos assim que estiver pronta.'],
  ]) {
    await ana('POST', '/quick-replies', { scope, shortcut, text })
  }
  await ana('POST', '/keys', { name: 'Shop', role: 'agent' })
  await ana('POST', '/keys', { name: 'Reports', role: 'auditor', expires_at: new Date(Date.now() + 90 * 86_400_000).toISOString() })

  // Yesterday.
  await minutesAgo(26 * 60)
  await writes(people.bruna, 'Vocês abrem no sábado?')
  await writes(people.peter, 'Was kostet die Reparatur ungefähr?')
  await there(people.bruna)
  await there(people.peter)
  await idle()

  // This morning.
  await minutesAgo(170)
  await writes(people.lena, 'Welcher Tag passt Ihnen für die Inspektion?')
  await writes(people.peter, 'Haben Sie den Kostenvoranschlag schon?')
  await there(people.lena)
  await idle()
  await says(ana, people.peter, 'Ja: 48,00 € mit Material, fertig bis Freitag.')
  await minutesAgo(150)
  await writes(people.marcus, 'Is my bicycle done?')
  await writes(people.aylin, 'Merhaba, arka tekerlekten ses geliyor.')
  await there(people.marcus)
  await there(people.aylin)
  await meta('POST', '/faults', { kind: 'refuse', code: 131026, count: 1, match: { edge: 'messages' } })
  await says(ana, people.marcus, 'Yes, come by any time before six.')
  await until('it has failed', async () => (await api('GET', '/messages?status=failed')).data.length > 0)
  await meta('DELETE', '/faults')
  await ben('POST', `/queue/${people.aylin.phone}/assign`, {})
  await says(ben, people.aylin, 'Yarın sabah 9 uygun mu?')
  await ana('PUT', `/conversations/${people.aylin.phone}/labels`, { label_ids: [labels['Ersatzteil bestellt'], labels.VIP] })
  await idle()

  // Something of which nobody knows whether it arrived.
  await minutesAgo(120)
  await writes(people.long, 'Guten Tag, mein Lastenrad für die Kinder steht seit Dienstag bei Ihnen. Ist die Bremse schon eingebaut?')
  await there(people.long)
  await meta('POST', '/faults', [{ kind: 'lose_answer', count: 1, match: { edge: 'messages' } }, { kind: 'drop_webhook' }])
  const lost = await says(ana, people.long, 'Ja, Sie können es heute um 16 Uhr holen.')
  await until('nobody knows of it', async () => (await api('GET', `/messages/${lost.message_id}`)).status === 'uncertain')
  await minutesAgo(112)
  await until('it waits for a person', async () => (await api('GET', `/messages/${lost.message_id}`)).status === 'held')
  await meta('DELETE', '/faults')

  // The order that the shop's own system wrote down.
  await minutesAgo(75)
  await writes(people.katrin, 'Guten Morgen, mein Fahrrad macht am Tretlager wieder Geräusche. Ich schicke ein Foto.')
  await there(people.katrin)
  await writes(people.katrin, { type: 'image', image: image() })
  await idle()
  await ana('POST', `/queue/${people.katrin.phone}/assign`, {})
  for (const [id, who, status, fields] of [
    ['R-2391', people.peter, 'in_progress', { device_model: 'Stadtrad', defect: 'Kette' }],
    ['R-2402', people.lena, 'received', { device_model: 'E-Bike', defect: 'Inspektion' }],
    ['R-2418', people.katrin, 'received', { device_model: 'Trekkingrad', defect: 'Tretlager' }],
  ]) {
    await api('PUT', `/orders/${id}`, { customer: { phone: who.phone, name: who.name, language: 'de' }, technician: { name: 'Ben Krüger' }, status, fields })
  }
  await minutesAgo(70)
  await api('PUT', '/orders/R-2418', {
    customer: { phone: people.katrin.phone, name: people.katrin.name, language: 'de' },
    technician: { name: 'Ben Krüger' },
    status: 'in_progress',
    fields: { device_model: 'Trekkingrad', defect: 'Tretlager' },
    appointment: { at: new Date(Date.now() + 20 * 3_600_000).toISOString(), duration_minutes: 45 },
  })
  await idle()
  await ana('POST', `/conversations/${people.katrin.phone}/notes`, { text: 'Das Lager BSA 68 liegt in Regal B4. @Ben Krüger, morgen 9:30 ist bei dir frei.', mentions: [him] })
  await minutesAgo(60)
  const { data } = await api('GET', `/conversations/${people.katrin.phone}/history?order=asc`)
  await says(ana, people.katrin, 'Danke für das Foto, Frau Petersen. Das ist das Innenlager. Wir können es morgen um *9:30 Uhr* tauschen, mit Material 48,00 €. Passt Ihnen das?', {
    context: { message_id: data.find(({ direction, type }) => direction === 'inbound' && type === 'text').message_id },
  })
  await idle()
  await meta('POST', `/customers/${people.katrin.phone}/read`)
  await ana('PUT', `/conversations/${people.katrin.phone}/labels`, { label_ids: [labels.Garantie] })

  // Those who wait for an answer.
  await minutesAgo(40)
  await writes(people.layla, 'مرحباً، هل دراجتي جاهزة؟ رقم الطلب R-2402 والهاتف ‎+971 50 555 0188')
  await writes(people.dana, 'שלום, מתי אפשר לאסוף את האופניים? (הזמנה R-2391)')
  await there(people.layla)
  await there(people.dana)
  await idle()
  await says(ana, people.layla, 'نعم، هي جاهزة. نحن هنا حتى الساعة 18:00.')
  await says(ana, people.dana, 'אפשר מחר מ-9:00 עד 18:00.')
  await ana('POST', `/conversations/${people.lena.phone}/snooze`, { until: new Date(Date.now() + 20 * 3_600_000).toISOString() })
  await minutesAgo(20)
  await writes(people.chen, '发票收到了，谢谢！还想问一下保修期从哪一天开始算？')
  await writes(people.joao, 'Bom dia! O técnico já saiu?')
  await writes(people.joao, 'Preciso sair às 11 h.')
  await there(people.chen)
  await there(people.joao)
  await idle()
  // Whoever answers has read.
  for (const { phone } of [people.peter, people.marcus, people.aylin, people.long, people.layla, people.dana, people.katrin]) {
    await ana('POST', `/conversations/${phone}/read`)
  }
  await minutesAgo(2)
  await writes(people.katrin, { type: 'audio', audio: { data: voice(14).toString('base64'), mime_type: 'audio/ogg', voice: true } })
  await idle()
  await meta('POST', '/clock', { set: 'now' })
  await page.goto(kontor)
}
