/** Puts stages around a layer's innermost handler; the first is the outermost. */
export const pipe = (stages, innermost) => stages.reduceRight((next, stage) => stage(next), innermost);
/** Calls `make` at the first use and keeps what it gave. */
export function once(make) {
    let made = null;
    return () => (made ??= { value: make() }).value;
}
