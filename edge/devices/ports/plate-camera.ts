/** One plate as a camera read it. Plates are upper case without separators. */
export interface PlateRead {
  readonly plate: string
  /** Confidence 0–1. */
  readonly score: number
  /** Other readings, best first, without the plate itself. */
  readonly candidates: readonly { readonly plate: string; readonly score: number }[]
  readonly vehicleType?: string
  /** Towards the camera or away from it, as the camera says. */
  readonly direction?: 'in' | 'out'
  /** When the camera saw it, milliseconds since the Unix epoch; the time of receipt when it did not say. */
  readonly capturedMs: number
  /** Equal for repeated deliveries of one reading. */
  readonly arrivalKey: string
  /** Equal for all readings of one vehicle while the camera follows it, also when it corrects the plate. */
  readonly vehicle?: string
}
