import { scrypt, timingSafeEqual } from 'node:crypto'
import { err, ok, type Result } from '@gatehouse/shared/result/result'

/** Passwords that are checked at once: each takes 32 MiB and a thread for about a tenth of a second. */
const checksAtOnceMax = 2
/** Longest password that is looked at, characters. */
export const sitePasswordMax = 128
const memoryBytesMax = 80 * 1024 * 1024

/** Of nobody: checked for names that nobody has, so that an answer does not tell which names there are. */
const nobodys = `scrypt$15$${'A'.repeat(22)}$${'A'.repeat(43)}`
let running = 0

/**
 * Checks a password against a verifier of the directory, off the main thread; `undefined` stands for a name that nobody
 * has. Refuses `busy` while as many as are allowed are being checked.
 */
export async function checkSitePassword(
  verifier: string | undefined,
  password: string,
): Promise<Result<boolean, 'busy'>> {
  if (running >= checksAtOnceMax) return err('busy')
  running += 1
  try {
    const [, logN, salt, hash] = (verifier ?? nobodys).split('$')
    const expected = Buffer.from(hash ?? '', 'base64url')
    const given = await derive(password, Buffer.from(salt ?? '', 'base64url'), Number(logN))
    return ok(timingSafeEqual(given, expected) && verifier !== undefined)
  } finally {
    running -= 1
  }
}

function derive(password: string, salt: Buffer, logN: number): Promise<Buffer> {
  const options = { N: 2 ** logN, r: 8, p: 1, maxmem: memoryBytesMax }
  return new Promise((resolve, reject) =>
    scrypt(password.normalize('NFKC'), salt, 32, options, (error, key) =>
      error ? reject(error) : resolve(key),
    ),
  )
}
