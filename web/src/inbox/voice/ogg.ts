import {
  BlobSource,
  BufferTarget,
  Conversion,
  type ConversionAudioOptions,
  Input,
  MP4,
  OGG,
  OggOutputFormat,
  Output,
  WEBM,
} from 'mediabunny'

/** What WhatsApp shows as a voice message: one channel of Opus in an Ogg file (cloud-api.md 1.5). */
export const voiceType = 'audio/ogg; codecs=opus'

/** Where a browser records another codec than Opus, it is encoded anew; these are what voices need. */
const encoding: ConversionAudioOptions = { codec: 'opus', numberOfChannels: 1, sampleRate: 48_000 }

/**
 * Puts what a browser recorded into an Ogg file. Chromium and Firefox record Opus already: their packets are taken
 * over as they are, nothing is encoded twice. Throws when the recording holds no sound that can be read, or when
 * another codec would have to become Opus and this browser has no encoder.
 */
export async function toOgg(recorded: Blob): Promise<Blob> {
  const input = new Input({ source: new BlobSource(recorded), formats: [OGG, WEBM, MP4] })
  const track = await input.getPrimaryAudioTrack()
  if (!track) throw new Error('the recording holds no sound')
  const target = new BufferTarget()
  const output = new Output({ format: new OggOutputFormat(), target })
  const asItIs = track.codec === 'opus' && track.numberOfChannels === 1
  const conversion = await Conversion.init({
    input,
    output,
    audio: asItIs ? {} : encoding,
    video: { discard: true },
    tags: {},
    showWarnings: false,
  })
  if (!conversion.isValid) throw new Error('this browser cannot turn its recording into Opus')
  await conversion.execute()
  if (!target.buffer) throw new Error('the Ogg file is empty')
  return new Blob([target.buffer], { type: voiceType })
}
