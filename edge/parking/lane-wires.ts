import { type LaneId, laneIdSchema } from '@gatehouse/shared/ids/ids'
import type { DirectoryBody } from '@gatehouse/shared/wire/v1/directory'
import type { DirectoryReader } from '../sync/directory.ts'

/** A lane with its id. */
export interface WiredLane {
  readonly laneId: LaneId
  readonly body: DirectoryBody<'lane'>
}

/** Which lane each device belongs to, by the device's role. */
export interface LaneWires {
  readonly byBarrier: ReadonlyMap<string, WiredLane>
  readonly byDetector: ReadonlyMap<string, WiredLane>
  readonly byCamera: ReadonlyMap<string, WiredLane>
  readonly byTicketButton: ReadonlyMap<string, WiredLane>
  readonly byReader: ReadonlyMap<string, WiredLane>
}

/** Reads the wiring of all lanes out of the directory. */
export function laneWires(directory: DirectoryReader): LaneWires {
  const byBarrier = new Map<string, WiredLane>()
  const byDetector = new Map<string, WiredLane>()
  const byCamera = new Map<string, WiredLane>()
  const byTicketButton = new Map<string, WiredLane>()
  const byReader = new Map<string, WiredLane>()
  for (const [key, body] of directory.all('lane')) {
    const lane = { laneId: laneIdSchema.parse(key), body }
    byBarrier.set(body.barrierDeviceId, lane)
    for (const detector of body.detectorDeviceIds ?? []) byDetector.set(detector, lane)
    if (body.cameraDeviceId) byCamera.set(body.cameraDeviceId, lane)
    if (body.ticketButtonDeviceId) byTicketButton.set(body.ticketButtonDeviceId, lane)
    if (body.readerDeviceId) byReader.set(body.readerDeviceId, lane)
  }
  return { byBarrier, byDetector, byCamera, byTicketButton, byReader }
}
