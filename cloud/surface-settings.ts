import { join } from 'node:path'
import type { CloudConfig } from './config.ts'
import { packageRoot } from './package-root.ts'
import { publicUrlOf } from './public-address.ts'
import type { SurfaceSettings } from './surface.ts'

/** What the configuration says of the HTTP surface. */
export function surfaceSettings(config: CloudConfig): SurfaceSettings {
  const { http, limits, siteAnswerMaxMs, retention, exceptions } = config
  return {
    hostRules: hostRulesOf(config),
    limits,
    trustedProxies: http.trustedProxies,
    https: publicUrlOf(config).startsWith('https:'),
    screens: {
      frontDoor: join(packageRoot, 'front-door', 'dist', 'web'),
      memberApp: join(packageRoot, 'member-app', 'dist', 'web'),
      hq: join(packageRoot, 'hq', 'dist', 'web'),
    },
    answerMaxMs: siteAnswerMaxMs,
    accessKeptDays: retention.accessDays,
    passLifeMs: config.passes.lifeHours * 3_600_000,
    credits: config.credits,
    secondPerson: { aboveMinor: exceptions.secondPersonAboveMinor, kinds: exceptions.secondPersonKinds },
    tzdataVersion: process.versions.tz ?? 'unknown',
  }
}

function hostRulesOf({ http }: CloudConfig): { hosts: readonly string[]; origins: readonly string[] } {
  const own = http.publicUrl === undefined ? [] : [new URL(http.publicUrl).hostname]
  return {
    hosts: ['127.0.0.1', 'localhost', '[::1]', http.host, ...own, ...http.allowedHosts],
    origins: http.allowedOrigins,
  }
}
