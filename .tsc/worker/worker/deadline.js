/**
 * Ends calls after `milliseconds`. Timers start when calls do: a negative time (a configuration may say so) is up at once.
 * A stage that gives its calls less time than the endpoint has makes a deadline of its own.
 */
export function startDeadline(milliseconds) {
    const controller = new AbortController();
    if (milliseconds < 0)
        controller.abort();
    const timer = setTimeout(() => controller.abort(), milliseconds);
    return {
        signal: controller.signal,
        clear: () => clearTimeout(timer),
        abort() {
            clearTimeout(timer);
            controller.abort();
        },
    };
}
