import { z } from 'zod'
import * as ids from '../../ids/ids.ts'
import { wallMsSchema } from './facts.ts'

/**
 * `scrypt$LOG2N$SALT$HASH`, salt and hash as base64url: what a site needs to recognise a password. The bounds keep a row
 * from costing the box more than 64 MiB and a fraction of a second.
 */
export const siteVerifierSchema = z.string().regex(/^scrypt\$1[4-6]\$[A-Za-z0-9_-]{22}\$[A-Za-z0-9_-]{43}$/)

/** Somebody who runs the site, as its own admin recognises them while the cloud is away (key = user id). */
export const staffSchema = z.object({
  displayName: z.string().min(1).max(120),
  /** What they log in with, in lower case. */
  email: z.string().min(3).max(254),
  /** Of a password for the site's own admin; never that of the cloud's log-in. */
  verifier: siteVerifierSchema,
})

const staff = { staffId: z.string().min(1).max(64) }

/** Somebody logged in to the site's admin. */
export const staffLoggedInSchema = z.object(staff)
/** Wrong passwords under one name locked it. */
export const staffLockedSchema = z.object({ ...staff, untilMs: wallMsSchema })

/** What a device can be asked to show of itself. */
export const deviceTestSchema = z.enum(['pulse_strike', 'blink_reader', 'show_text'])
/** Why: a closed list, since the ledger keeps no free words about people. */
export const actReasonSchema = z.enum(['installation', 'fault', 'maintenance', 'drill'])

/** Somebody tried a device by hand; what came of it is the effect's outcome. */
export const deviceTestedSchema = z.object({
  deviceId: ids.deviceIdSchema,
  test: deviceTestSchema,
  by: z.string().min(1).max(64),
  reason: actReasonSchema,
  effectId: ids.effectIdSchema,
  /** The door whose strike it was. */
  doorId: ids.doorIdSchema.optional(),
})
