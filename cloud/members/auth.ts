import { betterAuth } from 'better-auth'
import type { Pool } from 'pg'

/** Sends a mail to somebody; absent when no mail server is configured. */
export type SendMail = (mail: { to: string; subject: string; text: string }) => Promise<void>

/** The header in which our own HTTP layer hands the caller's address to the log-in code; callers cannot set it. */
export const addressHeader = 'x-gatehouse-address'

export interface AuthSettings {
  readonly pool: Pool
  /** At least 32 characters; signs login session cookies. */
  readonly secret: string
  /** The public address of the cloud, for example `https://gatehouse.example`. */
  readonly publicUrl: string
  /** Further origins whose pages may log in, for example `http://localhost:8080`. */
  readonly trustedOrigins: readonly string[]
  /** Without it nobody can register by themselves: an address that was never verified is nobody's. */
  readonly sendMail?: SendMail
  /** Instead of scrypt with the cost that the library gives it; what a cheaper one made is guessed when it leaks. */
  readonly passwords?: PasswordHashing
}

/** How passwords are stored. */
export interface PasswordHashing {
  hash(password: string): Promise<string>
  verify(asked: { readonly hash: string; readonly password: string }): Promise<boolean>
}

const loginSessionMaxSeconds = 7 * 24 * 3600
/** How many characters a password has. */
export const passwordLength = { min: 10, max: 128 }

// The column names of migration 0100; the library speaks camel case, our SQL snake case.
const times = { createdAt: 'created_at', updatedAt: 'updated_at' }

/**
 * Builds log-in by e-mail and password over the tables of migration 0100.
 * `role` and `memberId` are never taken from a client (`input: false`).
 */
export function createAuth(settings: AuthSettings) {
  const { sendMail, passwords } = settings
  return betterAuth({
    database: settings.pool,
    secret: settings.secret,
    baseURL: settings.publicUrl,
    basePath: '/api/auth',
    // Our HTTP layer has refused foreign hosts and origins before; what is left is the page's own origin,
    // under whichever of our names it was opened.
    trustedOrigins: (request) => [
      settings.publicUrl,
      ...settings.trustedOrigins,
      ...(request === undefined ? [] : [new URL(request.url).origin]),
    ],
    telemetry: { enabled: false },
    logger: { disabled: true },
    // The HTTP layer in front limits by address and by user, bounded, for every route.
    rateLimit: { enabled: false },
    emailAndPassword: {
      enabled: true,
      disableSignUp: sendMail === undefined,
      requireEmailVerification: true,
      minPasswordLength: passwordLength.min,
      maxPasswordLength: passwordLength.max,
      ...(passwords === undefined ? {} : { password: passwords }),
    },
    ...(sendMail === undefined ? {} : { emailVerification: verification(sendMail) }),
    user: {
      modelName: 'login_user',
      fields: { ...times, emailVerified: 'email_verified' },
      additionalFields: {
        role: { type: 'string', required: false, defaultValue: 'member', input: false },
        memberId: { type: 'string', required: false, input: false, fieldName: 'member_id' },
      },
    },
    session: {
      modelName: 'login_session',
      fields: {
        ...times,
        userId: 'user_id',
        expiresAt: 'expires_at',
        ipAddress: 'ip_address',
        userAgent: 'user_agent',
      },
      expiresIn: loginSessionMaxSeconds,
      updateAge: 24 * 3600,
    },
    account: {
      modelName: 'login_account',
      fields: {
        ...times,
        userId: 'user_id',
        accountId: 'account_id',
        providerId: 'provider_id',
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        idToken: 'id_token',
        accessTokenExpiresAt: 'access_token_expires_at',
        refreshTokenExpiresAt: 'refresh_token_expires_at',
      },
    },
    verification: { modelName: 'login_verification', fields: { ...times, expiresAt: 'expires_at' } },
    advanced: {
      cookiePrefix: 'gatehouse',
      useSecureCookies: settings.publicUrl.startsWith('https:'),
      ipAddress: { ipAddressHeaders: [addressHeader] },
    },
  })
}

export type Auth = ReturnType<typeof createAuth>

function verification(sendMail: SendMail) {
  return {
    sendOnSignUp: true,
    sendVerificationEmail: async ({ user, url }: { user: { email: string }; url: string }) => {
      await sendMail({
        to: user.email,
        subject: 'Confirm your e-mail address',
        text: `Open this address to confirm: ${url}`,
      })
    },
  }
}
