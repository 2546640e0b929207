/**
 * flatmap_filter: moves, deletes and appends over a tree whose edges are members and list indexes (proxy/RULES.md §4).
 * Lists keep their items' original labels until the end, and a node that lost all its children becomes null.
 */
import { isObject } from '../json/data.js';
const ANY = '*';
const createNode = () => ({ value: null, isList: false, edges: [] });
/** Runs the operations in order. The result is no object only where all of the root's members are gone: null then. */
export function flatmap(data, operations) {
    const root = createNode();
    fill(root, data);
    for (const operation of operations) {
        if (operation.type === 'del')
            for (const path of operation.paths)
                remove(root, path);
        else if (operation.type === 'move')
            move(root, operation.from, operation.to);
        else
            append(root, operation.from, operation.to);
    }
    const result = read(root);
    return isObject(result) ? result : null;
}
function fill(node, value) {
    node.isList = Array.isArray(value);
    const entries = Array.isArray(value) ? value.entries() : isObject(value) ? Object.entries(value) : null;
    if (!entries)
        node.value = value;
    else {
        let empty = true;
        for (const [label, item] of entries) {
            empty = false;
            add(node, [String(label)], item);
        }
        if (empty)
            node.value = value;
    }
}
function add(node, path, value) {
    let target = node;
    for (const label of path) {
        let edge = edgeOf(target, label);
        if (!edge)
            target.edges.push((edge = { label, node: createNode() }));
        target = edge.node;
    }
    fill(target, value);
}
const edgeOf = (node, label) => node.edges.find((edge) => edge.label === label);
function read(node) {
    if (node.edges.length === 0)
        return node.value;
    if (node.isList)
        return node.edges.map((edge) => read(edge.node));
    const entries = node.edges.map(({ label, node: child }) => [label, read(child)]);
    return Object.fromEntries(entries);
}
/** What a path holds; `*` gives the list of all that matches, with null where it does not go on. */
function find(node, [label, ...rest]) {
    if (label === undefined)
        return read(node);
    if (label === ANY && node.edges.length)
        return node.edges.map((edge) => find(edge.node, rest));
    const edge = edgeOf(node, label);
    return edge ? find(edge.node, rest) : null;
}
function remove(node, [label, ...rest]) {
    if (label === undefined)
        return;
    const last = rest.length === 0;
    if (label === ANY) {
        if (last)
            node.edges = [];
        else
            for (const edge of node.edges)
                remove(edge.node, rest);
        return;
    }
    const edge = edgeOf(node, label);
    if (edge && last)
        node.edges.splice(node.edges.indexOf(edge), 1);
    else if (edge)
        remove(edge.node, rest);
}
function append(root, from, to) {
    const items = find(root, from);
    const list = find(root, to);
    if (!Array.isArray(items) || !Array.isArray(list))
        return;
    add(root, to, [...list, ...items]);
    remove(root, from);
}
const isFull = (length) => (length & (length - 1)) === 0;
function extend({ labels, length }, label) {
    const array = isFull(length) ? labels.slice(0, length) : labels;
    array[length] = label;
    return { labels: array, length: length + 1 };
}
/** As long as its source: renames. Longer: embeds below the same parent. Shorter: lifts, from the root. */
function move(root, from, to) {
    const name = from.at(-1);
    const moved = [];
    for (const { node, trail } of parents(root, from.slice(0, -1))) {
        const edge = edgeOf(node, name);
        if (!edge)
            continue;
        if (from.length === to.length)
            edge.label = to.at(-1);
        else {
            node.edges.splice(node.edges.indexOf(edge), 1);
            moved.push({ node, trail, edge });
        }
    }
    for (const one of moved) {
        const target = from.length > to.length ? liftTarget(root, to, one.trail) : embedTarget(one.node, to.slice(from.length - 1, -1));
        one.edge.label = to.at(-1);
        target.edges.push(one.edge);
    }
}
function parents(root, path) {
    let found = [{ node: root, trail: { labels: [], length: 0 } }];
    for (const step of path) {
        found = found.flatMap(({ node, trail }) => {
            const edges = step === ANY ? node.edges : node.edges.filter(({ label }) => label === step).slice(0, 1);
            return edges.map((edge) => ({ node: edge.node, trail: extend(trail, edge.label) }));
        });
    }
    return found;
}
/** Walks as far as there are nodes. */
function liftTarget(root, to, trail) {
    let node = root;
    for (const [i, step] of to.slice(0, -1).entries()) {
        const edge = edgeOf(node, step === ANY ? trail.labels[i] : step);
        if (!edge)
            break;
        node = edge.node;
    }
    return node;
}
function embedTarget(parent, path) {
    let node = parent;
    for (const label of path) {
        let edge = edgeOf(node, label);
        if (!edge)
            node.edges.push((edge = { label, node: createNode() }));
        node = edge.node;
    }
    return node;
}
