/** Run-time contracts. Every half of the project may import this file; it imports nothing. */
export {};
