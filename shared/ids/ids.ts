import { z } from 'zod'
import type { Random } from '../random/random.ts'

const idPattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/

const idSchema = <Brand extends string>() => z.string().regex(idPattern).brand<Brand>()

export const siteIdSchema = idSchema<'SiteId'>()
export const levelIdSchema = idSchema<'LevelId'>()
export const zoneIdSchema = idSchema<'ZoneId'>()
export const spaceIdSchema = idSchema<'SpaceId'>()
export const doorIdSchema = idSchema<'DoorId'>()
export const laneIdSchema = idSchema<'LaneId'>()
export const deviceIdSchema = idSchema<'DeviceId'>()
export const memberIdSchema = idSchema<'MemberId'>()
export const guestIdSchema = idSchema<'GuestId'>()
export const vehicleIdSchema = idSchema<'VehicleId'>()
export const credentialIdSchema = idSchema<'CredentialId'>()
export const planIdSchema = idSchema<'PlanId'>()
export const tariffIdSchema = idSchema<'TariffId'>()
export const bookingIdSchema = idSchema<'BookingId'>()
export const sessionIdSchema = idSchema<'SessionId'>()
export const paymentIdSchema = idSchema<'PaymentId'>()
export const requestIdSchema = idSchema<'RequestId'>()
export const commandIdSchema = idSchema<'CommandId'>()
export const effectIdSchema = idSchema<'EffectId'>()
export const loanIdSchema = idSchema<'LoanId'>()
export const passIdSchema = idSchema<'PassId'>()
export const allowanceIdSchema = idSchema<'AllowanceId'>()
export const creditBucketIdSchema = idSchema<'CreditBucketId'>()

export type SiteId = z.infer<typeof siteIdSchema>
export type LevelId = z.infer<typeof levelIdSchema>
export type ZoneId = z.infer<typeof zoneIdSchema>
export type SpaceId = z.infer<typeof spaceIdSchema>
export type DoorId = z.infer<typeof doorIdSchema>
export type LaneId = z.infer<typeof laneIdSchema>
export type DeviceId = z.infer<typeof deviceIdSchema>
export type MemberId = z.infer<typeof memberIdSchema>
export type GuestId = z.infer<typeof guestIdSchema>
export type VehicleId = z.infer<typeof vehicleIdSchema>
export type CredentialId = z.infer<typeof credentialIdSchema>
export type PlanId = z.infer<typeof planIdSchema>
export type TariffId = z.infer<typeof tariffIdSchema>
export type BookingId = z.infer<typeof bookingIdSchema>
export type SessionId = z.infer<typeof sessionIdSchema>
export type PaymentId = z.infer<typeof paymentIdSchema>
export type RequestId = z.infer<typeof requestIdSchema>
export type CommandId = z.infer<typeof commandIdSchema>
export type EffectId = z.infer<typeof effectIdSchema>
export type LoanId = z.infer<typeof loanIdSchema>
export type PassId = z.infer<typeof passIdSchema>
export type AllowanceId = z.infer<typeof allowanceIdSchema>
export type CreditBucketId = z.infer<typeof creditBucketIdSchema>

// Crockford base 32: no I, L, O, U, so that a person can read a code aloud.
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** Makes `length` characters of Crockford base 32, five random bits each. */
export function randomCode(random: Random, length: number): string {
  let code = ''
  for (const byte of random.bytes(length)) code += alphabet[byte & 31]
  return code
}

/** Crockford base 32 digits of a moment in milliseconds; enough until the year 10889. */
const timeDigits = 9

/**
 * Makes a new opaque id that sorts by when it was made: `wallMs` (epoch ms), then 80 random bits. For rows that come
 * by the thousand: their index then grows at its end, and many of them share one page of a sync.
 */
export function newTimedId<Schema extends z.ZodType<string>>(
  schema: Schema,
  prefix: string,
  { random, wallMs }: { readonly random: Random; readonly wallMs: number },
): z.output<Schema> {
  let time = ''
  for (let rest = Math.max(0, Math.floor(wallMs)); time.length < timeDigits; rest = Math.floor(rest / 32)) {
    time = alphabet[rest % 32] + time
  }
  return schema.parse(`${prefix}_${time}${randomCode(random, 16)}`)
}

/** Makes a new opaque id such as `bk_7Q2M…` with 100 random bits; `schema` gives it its brand. */
export function newId<Schema extends z.ZodType<string>>(
  schema: Schema,
  prefix: string,
  random: Random,
): z.output<Schema> {
  return schema.parse(`${prefix}_${randomCode(random, 20)}`)
}
