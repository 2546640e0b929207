/**
 * gin's radix tree (KrakenD's router), one per method: the shape of its nodes decides which trailing slashes it
 * redirects and where it stops to backtrack, so the tree is kept as it is and not imitated (routing/RULES.md §3).
 */
const createNode = (text) => ({ text, endpoint: -1, indices: '', children: [], param: null, root: false });
export const createTree = () => ({ ...createNode(''), root: true });
/** Adds a gin path (`/users/:id`). The compiler has refused paths that clash. */
export function insert(tree, path, endpoint) {
    let node = tree;
    let at = 0;
    if (node.text === '' && node.indices === '' && !node.param)
        node.text = staticPart(path, 0);
    for (;;) {
        at = split(node, path, at);
        while (path[at] === ':') {
            node = node.param ??= createNode('');
            at = segmentEnd(path, at);
            if (at < path.length && !node.children.length)
                addChild(node, createNode(staticPart(path, at)));
        }
        if (at === path.length)
            break;
        let child = node.children[node.indices.indexOf(path[at])];
        if (!child)
            addChild(node, (child = createNode(staticPart(path, at))));
        node = child;
    }
    node.endpoint = endpoint;
}
function addChild(node, child) {
    node.indices += child.text[0];
    node.children.push(child);
}
function staticPart(path, from) {
    const colon = path.indexOf(':', from);
    return colon < 0 ? path.slice(from) : path.slice(from, colon);
}
function segmentEnd(path, from) {
    const slash = path.indexOf('/', from);
    return slash < 0 ? path.length : slash;
}
/** Cuts `node` where its text parts from the path's; gives the path's position behind the common text. */
function split(node, path, at) {
    let i = 0;
    while (i < node.text.length && node.text[i] === path[at + i] && path[at + i] !== ':')
        i++;
    if (i < node.text.length) {
        const rest = { ...node, text: node.text.slice(i), root: false };
        Object.assign(node, { ...createNode(node.text.slice(0, i)), root: node.root });
        addChild(node, rest);
    }
    return at + i;
}
/** Finds the endpoint of a decoded path. */
export function lookup(tree, path) {
    const found = { endpoint: -1, values: [], otherSlash: false };
    let node = tree;
    let at = 0;
    let onlyParam = false;
    let skipped = null;
    for (;;) {
        const end = at + node.text.length;
        const matches = path.startsWith(node.text, at);
        if (matches && end < path.length) {
            const child = onlyParam ? undefined : node.children[node.indices.indexOf(path[end])];
            onlyParam = false;
            if (child) {
                if (node.param)
                    (skipped ??= []).push({ node, at, values: found.values.length });
                node = child;
                at = end;
                continue;
            }
            if (node.param) {
                const next = takeSegment(node.param, path, end, found);
                if (!next)
                    return found;
                node = next;
                at = segmentEnd(path, end);
                continue;
            }
            found.otherSlash = isSlash(path, end) && node.endpoint >= 0;
            if (isSlash(path, end))
                return found;
        }
        else if (matches) {
            if (node.endpoint >= 0)
                return Object.assign(found, { endpoint: node.endpoint });
            found.otherSlash = isSlash(path, at) ? !node.root : endsWithSlash(node.children[node.indices.indexOf('/')]);
            if (isSlash(path, at) || !skipped?.length)
                return found;
            found.otherSlash = false;
        }
        else {
            const missing = node.text.length === path.length - at + 1 && node.text.endsWith('/') && node.text.startsWith(path.slice(at));
            found.otherSlash = isSlash(path, at) || (missing && node.endpoint >= 0);
            if (found.otherSlash)
                return found;
        }
        const back = skipped?.pop();
        if (!back)
            return found;
        node = back.node;
        at = back.at;
        found.values.length = back.values;
        onlyParam = true;
    }
}
const isSlash = (path, at) => path.length === at + 1 && path[at] === '/';
const endsWithSlash = (node) => node !== undefined && node.text === '/' && node.endpoint >= 0;
/** Lets a parameter take its segment. The node to go on with, or null where the search ends for good. */
function takeSegment(param, path, from, found) {
    const end = segmentEnd(path, from);
    found.values.push(path.slice(from, end));
    if (end < path.length) {
        if (param.children.length)
            return param.children[0];
        found.otherSlash = end + 1 === path.length;
    }
    else if (param.endpoint >= 0)
        found.endpoint = param.endpoint;
    else
        found.otherSlash = endsWithSlash(param.children[0]);
    return null;
}
/**
 * gin's "fixed path": the registered spelling of a cleaned path, found without regard to case and to a slash at its end.
 * Parameters keep the request's text. null if there is none.
 */
export function fixPath(node, path) {
    const length = node.text.length;
    if (path.length < length || !equalFold(path.slice(0, length), node.text)) {
        if (path === '/')
            return '';
        const missing = path.length + 1 === length && node.text.endsWith('/') && equalFold(path, node.text.slice(0, -1));
        return missing && node.endpoint >= 0 ? node.text : null;
    }
    const rest = path.slice(length);
    if (rest === '') {
        if (node.endpoint >= 0)
            return node.text;
        return endsWithSlash(node.children[node.indices.indexOf('/')]) ? `${node.text}/` : null;
    }
    for (const first of new Set([rest[0].toLowerCase(), rest[0].toUpperCase()])) {
        const child = node.children[node.indices.indexOf(first)];
        const fixed = child ? fixPath(child, rest) : null;
        if (fixed !== null)
            return node.text + fixed;
    }
    if (!node.param)
        return rest === '/' && node.endpoint >= 0 ? node.text : null;
    const fixed = fixSegment(node.param, rest);
    return fixed === null ? null : node.text + fixed;
}
function fixSegment(param, rest) {
    const end = segmentEnd(rest, 0);
    const value = rest.slice(0, end);
    if (end === rest.length) {
        if (param.endpoint >= 0)
            return value;
        return endsWithSlash(param.children[0]) ? `${value}/` : null;
    }
    if (!param.children.length)
        return rest.length === end + 1 ? value : null;
    const fixed = fixPath(param.children[0], rest.slice(end));
    return fixed === null ? null : value + fixed;
}
const equalFold = (a, b) => a === b || a.toLowerCase() === b.toLowerCase() || a.toUpperCase() === b.toUpperCase();
/** gin's cleanPath: one slash for many, `.` and `..` resolved, the slash at the end kept. */
export function cleanPath(path) {
    const kept = [];
    for (const segment of path.split('/')) {
        if (segment === '..')
            kept.pop();
        else if (segment !== '' && segment !== '.')
            kept.push(segment);
    }
    const slash = kept.length > 0 && /\/\.?$/.test(path) ? '/' : '';
    return `/${kept.join('/')}${slash}`;
}
