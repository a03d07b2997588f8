package door

import (
	"container/list"
	"sync"
)

// table keeps the values that were used last, up to a number: whoever has many keys takes no more memory than that.
type table[V any] struct {
	most  int
	mutex sync.Mutex
	of    map[string]*list.Element
	order *list.List
}

type entry[V any] struct {
	key   string
	value V
}

func newTable[V any](most int) *table[V] {
	return &table[V]{most: most, of: map[string]*list.Element{}, order: list.New()}
}

func (t *table[V]) get(key string) (value V, ok bool) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	element := t.of[key]
	if element == nil {
		return value, false
	}
	t.order.MoveToFront(element)
	return element.Value.(*entry[V]).value, true
}

func (t *table[V]) put(key string, value V) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.set(key, value)
}

// getOr makes the value when there is none.
func (t *table[V]) getOr(key string, value func() V) V {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if element := t.of[key]; element != nil {
		t.order.MoveToFront(element)
		return element.Value.(*entry[V]).value
	}
	made := value()
	t.set(key, made)
	return made
}

func (t *table[V]) set(key string, value V) {
	if element := t.of[key]; element != nil {
		element.Value.(*entry[V]).value = value
		t.order.MoveToFront(element)
		return
	}
	t.of[key] = t.order.PushFront(&entry[V]{key: key, value: value})
	if t.order.Len() > t.most {
		oldest := t.order.Back()
		t.order.Remove(oldest)
		delete(t.of, oldest.Value.(*entry[V]).key)
	}
}

func (t *table[V]) remove(key string) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if element := t.of[key]; element != nil {
		t.order.Remove(element)
		delete(t.of, key)
	}
}
