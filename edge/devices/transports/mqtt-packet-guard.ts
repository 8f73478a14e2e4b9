/** What the guard makes of a stream so far: within bounds, a packet beyond them, or no MQTT at all. */
type PacketVerdict = 'fine' | 'too_large' | 'malformed'

const lengthBytesMax = 4

/**
 * Follows the packet borders of an MQTT stream and notices a packet longer than allowed by its announced length,
 * before its body arrives. Source: MQTT 3.1.1 §2.2, fixed header and remaining length.
 */
export class MqttPacketGuard {
  readonly #bytesMax: number
  #part: 'type' | 'length' | 'body' = 'type'
  #length = 0
  #lengthBytes = 0
  #bodyLeft = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** Takes bytes in arrival order, cut anywhere. */
  receive(bytes: Uint8Array): PacketVerdict {
    let at = 0
    while (at < bytes.length) {
      if (this.#part === 'body') {
        const taken = Math.min(this.#bodyLeft, bytes.length - at)
        this.#bodyLeft -= taken
        at += taken
        if (this.#bodyLeft === 0) this.#part = 'type'
        continue
      }
      const byte = bytes[at] ?? 0
      at += 1
      if (this.#part === 'type') {
        this.#part = 'length'
        this.#length = 0
        this.#lengthBytes = 0
        continue
      }
      this.#length += (byte & 0x7f) * 128 ** this.#lengthBytes
      this.#lengthBytes += 1
      if (this.#length > this.#bytesMax) return 'too_large'
      if ((byte & 0x80) !== 0) {
        if (this.#lengthBytes === lengthBytesMax) return 'malformed'
        continue
      }
      this.#bodyLeft = this.#length
      this.#part = this.#length === 0 ? 'type' : 'body'
    }
    return 'fine'
  }
}
