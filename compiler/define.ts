/** `cuttle/config`. */
export const defineGateway = (gateway: object): object => gateway
