/** The signals by which a program is asked to end, that of a terminal that goes away among them. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Gives what stops listening: from then on they end the process. */
export function onSignals(act: () => void): () => void {
  for (const signal of SIGNALS) process.on(signal, act)
  return () => {
    for (const signal of SIGNALS) process.off(signal, act)
  }
}
