export interface Deadline {
    signal: AbortSignal;
    /** Work is done: the timer need not fire. */
    clear(): void;
    /** Ends the calls that are still under way. */
    abort(): void;
}
/**
 * Ends calls after `milliseconds`. Timers start when calls do: a negative time (a configuration may say so) is up at once.
 * A stage that gives its calls less time than the endpoint has makes a deadline of its own.
 */
export declare function startDeadline(milliseconds: number): Deadline;
