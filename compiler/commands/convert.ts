import type { Command } from '../command.ts'
export const command: Command = { summary: '', usage: '', help: [], options: {}, run: () => Promise.resolve(0) }
