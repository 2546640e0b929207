/** Who is calling: gin's ClientIP (routing/RULES.md §6). */
import type { ClientIpOptions } from './types.ts';
/** Reads the client's address from what proxies say, for a peer that is trusted; otherwise it is the peer. */
export declare function clientIp(options: ClientIpOptions): (headers: Headers, peer: string) => string;
/**
 * An address as a text of bits behind a mark of its family, `4` or `6`; null for what is none. IPv4 mapped to IPv6 counts as IPv4.
 * Ports, zones and leading zeros make it invalid, as in Go's net.ParseIP.
 */
export declare function addressBits(text: string): string | null;
