import type { Clock } from '@gatehouse/shared/clock/clock'

/** What a simulated camera sees. Scores are 0–1. */
export interface SeenPlate {
  readonly plate: string
  readonly score?: number
  readonly candidates?: readonly { readonly plate: string; readonly score: number }[]
  readonly vehicleType?: string
  readonly direction?: string
}

/** A simulated Plate Recognizer Stream camera that posts what it sees to the edge. */
export interface SimulatedCamera {
  /** Posts one reading; gives the HTTP status of the edge's answer, 0 when it was not reached. */
  see(seen: SeenPlate, form?: 'json' | 'multipart'): Promise<number>
}

const postTimeoutMax = 5_000
/** The smallest picture there is: one grey JPEG-headed stand-in, so that the upload has a body. */
const picture = Uint8Array.from([
  0xff, 0xd8, 0xff, 0xe0, 0x00, 0x10, 0x4a, 0x46, 0x49, 0x46, 0x00, 0xff, 0xd9,
])

/** Starts a camera that posts to `url` with the device's secret as bearer. */
export function createSimulatedCamera(options: {
  readonly url: string
  readonly cameraId: string
  readonly secret: string
  readonly clock: Clock
}): SimulatedCamera {
  const { url, cameraId, secret, clock } = options
  return {
    see: async (seen, form = 'json') => {
      const message = JSON.stringify(plateRecognizerMessage(cameraId, seen, clock.now().wallMs))
      const headers: Record<string, string> = { authorization: `Bearer ${secret}` }
      let body: string | FormData = message
      if (form === 'json') headers['content-type'] = 'application/json'
      else {
        body = new FormData()
        body.set('json', message)
        body.set('upload', new Blob([picture], { type: 'image/jpeg' }), 'plate.jpg')
      }
      try {
        const signal = AbortSignal.timeout(postTimeoutMax)
        const answer = await fetch(url, { method: 'POST', headers, body, signal })
        await answer.arrayBuffer()
        return answer.status
      } catch {
        return 0
      }
    },
  }
}

/** Writes a reading as Plate Recognizer Stream does: plates in lower case, times in UTC with microseconds. */
export function plateRecognizerMessage(cameraId: string, seen: SeenPlate, wallMs: number): object {
  const score = seen.score ?? 0.92
  const plate = seen.plate.toLowerCase()
  const iso = new Date(wallMs).toISOString()
  const candidates = [{ plate, score }, ...(seen.candidates ?? [])].map((candidate) => ({
    plate: candidate.plate.toLowerCase(),
    score: candidate.score,
  }))
  const filename = `${cameraId}_screenshots/${iso.replace(/[:T]/g, '-')}.jpg`
  return {
    hook: { target: 'edge', id: cameraId, event: 'recognition', filename },
    data: {
      camera_id: cameraId,
      filename,
      timestamp: iso.replace('Z', '000Z'),
      timestamp_local: iso.replace('T', ' ').replace('Z', '000+00:00'),
      results: [
        {
          box: { xmin: 420, ymin: 310, xmax: 560, ymax: 352 },
          plate,
          region: { code: 'de', score: 0.91 },
          score,
          dscore: 0.88,
          candidates,
          vehicle: {
            score: 0.9,
            type: seen.vehicleType ?? 'Sedan',
            box: { xmin: 80, ymin: 40, xmax: 900, ymax: 620 },
          },
          ...(seen.direction === undefined ? {} : { direction: seen.direction }),
        },
      ],
    },
  }
}
