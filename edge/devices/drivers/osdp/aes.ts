import { createCipheriv, createDecipheriv } from 'node:crypto'
import type { Aes } from './secure-channel.ts'

/** AES-128 of this machine. */
export const nodeAes: Aes = {
  encryptBlock: (key, block) => createCipheriv('aes-128-ecb', key, null).setAutoPadding(false).update(block),
  encryptCbc: (key, iv, bytes) => createCipheriv('aes-128-cbc', key, iv).setAutoPadding(false).update(bytes),
  decryptCbc: (key, iv, bytes) =>
    createDecipheriv('aes-128-cbc', key, iv).setAutoPadding(false).update(bytes),
}
