// A voice message of silence: a real Ogg file with Opus in it (RFC 7845).

/** The polynomial of Ogg's checksum: 0x04c11db7, from the highest bit down, nothing reflected. */
const table = Array.from({ length: 256 }, (_, byte) => {
  let sum = byte << 24
  for (let bit = 0; bit < 8; bit++) sum = sum & 0x8000_0000 ? (sum << 1) ^ 0x04c1_1db7 : sum << 1
  return sum >>> 0
})

function checksum(bytes) {
  let sum = 0
  for (const byte of bytes) sum = ((sum << 8) ^ table[((sum >>> 24) ^ byte) & 255]) >>> 0
  return sum
}

/** One page with packets of less than 255 bytes; 2 marks the first one, 4 the last. */
function page(number, mark, granule, packets) {
  const head = Buffer.alloc(27)
  head.write('OggS', 0)
  head[5] = mark
  head.writeBigUInt64LE(BigInt(granule), 6)
  head.writeUInt32LE(1, 14)
  head.writeUInt32LE(number, 18)
  head[26] = packets.length
  const bytes = Buffer.concat([head, Buffer.from(packets.map(({ length }) => length)), ...packets])
  bytes.writeUInt32LE(checksum(bytes), 22)
  return bytes
}

/** So many seconds, in frames of 20 ms. */
export function voice(seconds) {
  const about = Buffer.alloc(19)
  about.write('OpusHead', 0)
  about.set([1, 1], 8)
  about.writeUInt32LE(48_000, 12)
  const tags = Buffer.alloc(16)
  tags.write('OpusTags', 0)
  const silence = Buffer.from([0xf8, 0xff, 0xfe])
  const pages = [page(0, 2, 0, [about]), page(1, 0, 0, [tags])]
  for (let second = 1; second <= seconds; second++) {
    pages.push(page(second + 1, second === seconds ? 4 : 0, second * 48_000, Array(50).fill(silence)))
  }
  return Buffer.concat(pages)
}
