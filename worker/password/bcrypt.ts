/** Passwords against bcrypt hashes. Tens of milliseconds each, on purpose: whoever asks remembers the answer. */
import { compare } from 'bcryptjs'

export const matches = (password: string, hash: string): Promise<boolean> => compare(password, hash).catch(() => false)
