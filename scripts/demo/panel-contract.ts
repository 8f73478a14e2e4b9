import { spaceStatusSchema } from '@gatehouse/shared/api/views'
import { z } from 'zod'

/**
 * What the simulator panel and the demo supervisor say to each other.
 *
 *   GET  /api/state    → PanelState
 *   WS   /api/live     → `panelMessageSchema`: one `state` at once, then one after every change, at most every 200 ms
 *   POST /api/actions  ← PanelAction → 200 PanelAnswer, or application/problem+json
 *
 * Times are epoch milliseconds, plan coordinates are plan units (1 unit = 10 cm), origin top left.
 * Everything here exists in the demo only; the edges and the cloud do not know it.
 */

const runStateSchema = z.enum(['running', 'starting', 'stopped'])
export type RunState = z.infer<typeof runStateSchema>

/** One door as the simulated strike, contact and reader know it, with the last thing that happened there. */
const panelDoorSchema = z.object({
  doorId: z.string(),
  name: z.string(),
  levelId: z.string(),
  /** `unlocked`: the strike has power, the leaf is closed. `unknown`: the edge does not run. */
  state: z.enum(['locked', 'unlocked', 'open', 'held_open', 'forced', 'unknown']),
  /** Since when it is in that state. */
  sinceMs: z.int(),
  /** Its reader reads the codes of passes as well. */
  readsCodes: z.boolean(),
  lastEvent: z
    .object({
      kind: z.enum(['granted', 'refused', 'forced', 'held_open', 'exit']),
      atMs: z.int(),
      /** Display name of the member, when one was recognised. */
      who: z.string().optional(),
      /** Refusal code of the entry `access.refused`, for example `credential_unknown`. */
      reason: z.string().optional(),
    })
    .optional(),
})
export type PanelDoor = z.infer<typeof panelDoorSchema>

/** Where the car at a lane is: on the approach loop, stopped before the boom, on the safety loop, beyond it. */
const carPositionSchema = z.enum(['approaching', 'waiting', 'passing', 'gone'])

const panelLaneSchema = z.object({
  laneId: z.string(),
  name: z.string(),
  direction: z.enum(['entry', 'exit']),
  boom: z.enum(['down', 'moving', 'up']),
  car: z.object({ plate: z.string(), position: carPositionSchema, vehicleClass: z.string() }).optional(),
  /** Last refusal code of the entry `lane.refused` (for example `payment_needed`) while its car waits. */
  refusal: z.string().optional(),
})
export type PanelLane = z.infer<typeof panelLaneSchema>

const panelSpaceSchema = z.object({
  spaceId: z.string(),
  name: z.string(),
  kind: z.string(),
  bayClass: z.string().optional(),
  levelId: z.string(),
  status: spaceStatusSchema,
  rect: z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() }),
})
export type PanelSpace = z.infer<typeof panelSpaceSchema>

/** A vehicle the simulator drove in and that has not left; offered for driving out. */
const panelVehicleSchema = z.object({
  plate: z.string(),
  vehicleClass: z.string(),
  arrivedMs: z.int(),
  /** A payment was captured and its grace has not ended. */
  paid: z.boolean(),
  ticket: z.string().optional(),
  spaceName: z.string().optional(),
})

/** One entry of the site's ledger; `uploaded`: at or below the head the cloud acknowledged. */
const panelEntrySchema = z.object({
  seq: z.int(),
  type: z.string(),
  hash: z.string(),
  atMs: z.int(),
  uploaded: z.boolean(),
})
export type PanelEntry = z.infer<typeof panelEntrySchema>

const panelSiteSchema = z.object({
  siteId: z.string(),
  name: z.string(),
  kind: z.enum(['coworking', 'parking']),
  timeZone: z.string(),
  edge: z.object({
    state: runStateSchema,
    url: z.string(),
    /** Opens the kiosk already paired (`…/#key=SECRET`), and the level board. */
    kioskUrl: z.string(),
    boardUrl: z.string(),
  }),
  network: z.enum(['on', 'cut']),
  /** By the clock of the machine, not by the site's test clock. */
  networkSinceMs: z.int(),
  doors: z.array(panelDoorSchema),
  lanes: z.array(panelLaneSchema),
  /** Ordered bottom up; `width` and `height` are of the drawing. */
  levels: z.array(
    z.object({
      levelId: z.string(),
      name: z.string(),
      width: z.number(),
      height: z.number(),
      free: z.int(),
      capacity: z.int(),
      full: z.boolean(),
    }),
  ),
  spaces: z.array(panelSpaceSchema),
  vehicles: z.array(panelVehicleSchema),
  /** Demo people with their secrets in the clear; at most 12, the most useful first. */
  people: z.array(
    z.object({
      memberId: z.string(),
      displayName: z.string(),
      planName: z.string().optional(),
      card: z.string(),
      pin: z.string(),
      /** Somebody who can log in has a phone with a pass. */
      hasPhone: z.boolean(),
      /** Of the vehicle that the member registered. */
      plate: z.string().optional(),
    }),
  ),
  clock: z.object({ offsetMs: z.int(), nowMs: z.int() }),
  /** The newest entries, newest first, at most 40. */
  ledgerTail: z.array(panelEntrySchema).max(40),
  headSeq: z.int(),
  /** The cloud's acknowledged head of this site; `headSeq − cloudHeadSeq` entries wait. */
  cloudHeadSeq: z.int(),
})
export type PanelSite = z.infer<typeof panelSiteSchema>

export const panelStateSchema = z.object({
  sites: z.array(panelSiteSchema),
  traffic: z.object({ paused: z.boolean() }),
  /** Whether cloud and sites reach the sandbox card gateway. */
  gateway: z.enum(['up', 'down']),
  cloud: z.object({
    state: runStateSchema,
    /** The front door; `memberAppUrl` and `hqUrl` are the two apps. */
    url: z.string(),
    memberAppUrl: z.string(),
    hqUrl: z.string(),
  }),
  /** Kept by the supervisor so that every open panel shows the same step, 1–7; 0 = not begun, 8 = finished. */
  tour: z.object({ step: z.int().min(0).max(8) }),
})
export type PanelState = z.infer<typeof panelStateSchema>

/** Messages on `/api/live`. */
export const panelMessageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('state'), state: panelStateSchema }),
])

const atSite = { siteId: z.string() }
const atDoor = { ...atSite, doorId: z.string() }

/** What a person at the panel can do. Each is done through simulated devices or processes, never in a store. */
export const panelActionSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('tapCard'), ...atDoor, card: z.string() }),
  z.object({ kind: z.literal('typePin'), ...atDoor, pin: z.string().regex(/^\d{3,8}$/) }),
  /** The phone of a demo member, with the member's own pass, is held before the reader. */
  z.object({ kind: z.literal('showPass'), ...atDoor, memberId: z.string() }),
  /** Any screen or paper with a code is held before it. */
  z.object({ kind: z.literal('showCode'), ...atDoor, text: z.string().regex(/^[ -~]{1,1390}$/) }),
  z.object({ kind: z.literal('pressExit'), ...atDoor }),
  z.object({ kind: z.literal('forceDoor'), ...atDoor }),
  /** Opens the leaf (when unlocked) and leaves it open until `closeDoor`. */
  z.object({ kind: z.literal('holdDoor'), ...atDoor }),
  z.object({ kind: z.literal('closeDoor'), ...atDoor }),
  /** A card held to the kiosk's own reader. */
  z.object({ kind: z.literal('tapKioskCard'), ...atSite, card: z.string() }),
  /** Without `plate` the simulator invents one; `by: 'ticket'` presses the ticket button, no plate is read. */
  z.object({
    kind: z.literal('driveIn'),
    ...atSite,
    laneId: z.string(),
    plate: z.string().optional(),
    vehicleClass: z.enum(['motorcycle', 'car', 'large', 'ev', 'accessible']).optional(),
    by: z.enum(['camera', 'ticket']).default('camera'),
  }),
  /** Without `plate` the car that has been inside longest. */
  z.object({ kind: z.literal('driveOut'), ...atSite, laneId: z.string(), plate: z.string().optional() }),
  /** A car comes onto a free bay and no loop notices: the lanes' count is one too low until sensors correct it. */
  z.object({ kind: z.literal('slipIn'), ...atSite }),
  z.object({
    kind: z.literal('setBaySensor'),
    ...atSite,
    spaceId: z.string(),
    occupied: z.boolean(),
  }),
  z.object({ kind: z.literal('cutNetwork'), ...atSite }),
  z.object({ kind: z.literal('restoreNetwork'), ...atSite }),
  /** SIGKILL; `restartEdge` starts it again (and kills it first when it runs). */
  z.object({ kind: z.literal('killEdge'), ...atSite }),
  z.object({ kind: z.literal('restartEdge'), ...atSite }),
  /** Moves the test clocks forward; without `siteId` those of every program. */
  z.object({ kind: z.literal('moveClock'), siteId: z.string().optional(), byMs: z.int() }),
  /** Takes the sandbox card gateway down, or up again, for the cloud and every site. */
  z.object({ kind: z.literal('setGateway'), up: z.boolean() }),
  z.object({ kind: z.literal('setTraffic'), paused: z.boolean() }),
  z.object({ kind: z.literal('setTour'), step: z.int().min(0).max(8) }),
])
export type PanelAction = z.infer<typeof panelActionSchema>
/** The action as a caller writes it, defaults left out. */
export type PanelActionInput = z.input<typeof panelActionSchema>

/** The answer to an action that was carried out; `plate` for a car that was driven, when invented. */
export const panelAnswerSchema = z.object({ done: z.literal(true), plate: z.string().optional() })
export type PanelAnswer = z.infer<typeof panelAnswerSchema>
