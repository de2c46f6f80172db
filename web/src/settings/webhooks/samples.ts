import type { Dialect } from '../../api/settings'

export const languages = ['Node', 'Python', 'Go'] as const
export type SampleLanguage = (typeof languages)[number]

/**
 * How a receiver checks that a call comes from this house, over the raw bytes of the body: Standard Webhooks for
 * Kontor's own form (`webhook-id.webhook-timestamp.body`, base64), Meta's X-Hub-Signature-256 for the other.
 */
export const samples: Readonly<Record<Dialect, Readonly<Record<SampleLanguage, string>>>> = {
  kontor: {
    Node: `import { createHmac, timingSafeEqual } from 'node:crypto'

const key = Buffer.from(process.env.WEBHOOK_SECRET.replace('whsec_', ''), 'base64')

// body: the bytes as they came, before JSON.parse
export function genuine(headers, body) {
  const sent = headers['webhook-timestamp']
  if (Math.abs(Date.now() / 1000 - Number(sent)) > 300) return false
  const want = createHmac('sha256', key)
    .update(\`\${headers['webhook-id']}.\${sent}.\`)
    .update(body)
    .digest()
  return headers['webhook-signature'].split(' ').some((one) => {
    const got = Buffer.from(one.replace('v1,', ''), 'base64')
    return got.length === want.length && timingSafeEqual(got, want)
  })
}`,
    Python: `import base64, hashlib, hmac, os, time

key = base64.b64decode(os.environ["WEBHOOK_SECRET"].removeprefix("whsec_"))

# body: the bytes as they came, before json.loads
def genuine(headers, body):
    sent = headers["webhook-timestamp"]
    if abs(time.time() - int(sent)) > 300:
        return False
    signed = f"{headers['webhook-id']}.{sent}.".encode() + body
    want = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return any(
        hmac.compare_digest(one.removeprefix("v1,"), want)
        for one in headers["webhook-signature"].split()
    )`,
    Go: `var key, _ = base64.StdEncoding.DecodeString(
	strings.TrimPrefix(os.Getenv("WEBHOOK_SECRET"), "whsec_"))

// body: the bytes as they came, before json.Unmarshal
func genuine(h http.Header, body []byte) bool {
	sent, err := strconv.ParseInt(h.Get("webhook-timestamp"), 10, 64)
	if err != nil || time.Since(time.Unix(sent, 0)).Abs() > 5*time.Minute {
		return false
	}
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%d.", h.Get("webhook-id"), sent)
	mac.Write(body)
	want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	for _, one := range strings.Fields(h.Get("webhook-signature")) {
		if hmac.Equal([]byte(one), []byte(want)) {
			return true
		}
	}
	return false
}`,
  },
  'cloud-api': {
    Node: `import { createHmac, timingSafeEqual } from 'node:crypto'

// body: the bytes as they came, before JSON.parse
export function genuine(headers, body) {
  const mac = createHmac('sha256', process.env.WEBHOOK_SECRET).update(body)
  const want = Buffer.from(\`sha256=\${mac.digest('hex')}\`)
  const got = Buffer.from(headers['x-hub-signature-256'] ?? '')
  return got.length === want.length && timingSafeEqual(got, want)
}`,
    Python: `import hashlib, hmac, os

key = os.environ["WEBHOOK_SECRET"].encode()

# body: the bytes as they came, before json.loads
def genuine(headers, body):
    want = "sha256=" + hmac.new(key, body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(headers.get("x-hub-signature-256", ""), want)`,
    Go: `// body: the bytes as they came, before json.Unmarshal
func genuine(h http.Header, body []byte) bool {
	mac := hmac.New(sha256.New, []byte(os.Getenv("WEBHOOK_SECRET")))
	mac.Write(body)
	want := "sha256=" + hex.EncodeToString(mac.Sum(nil))
	return hmac.Equal([]byte(h.Get("x-hub-signature-256")), []byte(want))
}`,
  },
}
