/**
 * gin's radix tree (KrakenD's router), one per method: the shape of its nodes decides which trailing slashes it
 * redirects and where it stops to backtrack, so the tree is kept as it is and not imitated (routing/RULES.md §3).
 */
export interface Node {
    /** The static text up to the next branch. A parameter's node has none: it takes a whole segment. */
    text: string;
    /** The endpoint that ends here, or -1. */
    endpoint: number;
    /** First characters of `children`. */
    indices: string;
    children: Node[];
    param: Node | null;
    root: boolean;
}
export interface Lookup {
    /** The endpoint, or -1. */
    endpoint: number;
    /** Values of the parameters that the search had taken when it ended, also where it found nothing. */
    values: string[];
    /** gin would redirect to the path with, or without, a slash at its end. */
    otherSlash: boolean;
}
export declare const createTree: () => Node;
/** Adds a gin path (`/users/:id`). The compiler has refused paths that clash. */
export declare function insert(tree: Node, path: string, endpoint: number): void;
/** Finds the endpoint of a decoded path. */
export declare function lookup(tree: Node, path: string): Lookup;
/**
 * gin's "fixed path": the registered spelling of a cleaned path, found without regard to case and to a slash at its end.
 * Parameters keep the request's text. null if there is none.
 */
export declare function fixPath(node: Node, path: string): string | null;
/** gin's cleanPath: one slash for many, `.` and `..` resolved, the slash at the end kept. */
export declare function cleanPath(path: string): string;
