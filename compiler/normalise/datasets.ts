/** Datasets of Analytics Engine that features write to. */
import type { FeaturePlace } from '../feature.ts'
import type { Plan } from '../plan.ts'

export function createDatasets(): Pick<FeaturePlace, 'dataset'> & { all(): Plan['bindings']['datasets'] } {
  const datasets = new Map<string, string>()
  return {
    dataset(name) {
      const binding = `CUTTLE_DATASET_${name.replace(/\W/g, '_').toUpperCase()}`
      datasets.set(binding, name)
      return binding
    },
    all: () => [...datasets].toSorted(([a], [b]) => (a < b ? -1 : 1)),
  }
}
