import { z } from 'zod'

const channels = z.record(z.string().regex(/^[1-9]\d?$/), z.int().min(0).max(255))

/** One bus of the edge's configuration file; device rows name it. */
export const busConfigSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('tcp'), host: z.string().min(1), port: z.int().min(1).max(65_535) }),
  z.object({
    kind: z.literal('serial'),
    path: z.string().min(1),
    baudRate: z.int().min(300).max(921_600).default(9600),
  }),
  z.object({
    kind: z.literal('gpio'),
    /** Label of the chip as the kernel gives it, for example `pinctrl-bcm2711`; never a raw number. */
    chip: z.string().min(1),
    /** Channel of a device row → line offset on the chip. */
    outputs: channels.default({}),
    inputs: channels.default({}),
    /** Relay modules that switch on at low level; inputs with a pull-up, closed to ground. */
    outputsActiveLow: z.boolean().default(false),
    inputsActiveLow: z.boolean().default(true),
  }),
  /** The two data wires of one Wiegand reader on lines of a GPIO chip, watched by `gpiomon`. */
  z.object({
    kind: z.literal('wiegand'),
    chip: z.string().min(1),
    d0: z.int().min(0).max(255),
    d1: z.int().min(0).max(255),
  }),
  /** The web server of one device that calls the edge, for example a camera; it is asked for a page now and then. */
  z.object({
    kind: z.literal('http'),
    /** For example `http://10.0.0.7`. */
    url: z.url({ protocol: /^https?$/, error: 'expected http://… or https://…' }),
    /** A page that the device has while it is well. */
    statusPath: z.string().startsWith('/').default('/'),
    username: z.string().min(1).optional(),
    password: z.string().optional(),
    /** `basic` sends the password itself: everybody on the site's network can read it unless the address is https. */
    auth: z.enum(['digest', 'basic']).default('digest'),
  }),
])
export type BusConfig = z.infer<typeof busConfigSchema>
/** Buses that carry bytes; the others carry questions. */
export type WireConfig = Exclude<BusConfig, { readonly kind: 'http' }>

/** Buses by the name that device rows use. */
export const busesConfigSchema = z.record(z.string().min(1), busConfigSchema)
