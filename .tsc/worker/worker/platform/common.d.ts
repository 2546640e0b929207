/** What the platforms have in common. */
import type { Fetch } from '../types.ts';
/** `127.0.0.1:5000`, `[::1]:5000` → the address. */
export declare function withoutPort(address: string): string;
export declare const platformFetch: Fetch;
/** One line a message, so that the platform's log viewers can tell them apart. */
export declare function log(level: 'error' | 'warning' | 'info', message: string): void;
