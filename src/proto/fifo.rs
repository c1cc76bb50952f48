//! First in, first out.

/// A queue. (The standard library's `VecDeque` is several times as large in a module.)
#[derive(Debug)]
pub struct Fifo<T> {
    /// All since it was empty, in their order.
    items: Vec<Option<T>>,
    /// How many of them have been taken.
    taken: usize,
}

impl<T> Default for Fifo<T> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            taken: 0,
        }
    }
}

impl<T> Fifo<T> {
    /// Adds one behind the others.
    pub fn push(&mut self, item: T) {
        self.items.push(Some(item));
    }

    /// Takes the first one.
    pub fn pop(&mut self) -> Option<T> {
        let item = self.items.get_mut(self.taken).and_then(Option::take);
        if item.is_some() {
            self.taken += 1;
        } else {
            self.items.clear();
            self.taken = 0;
        }
        item
    }
}

#[cfg(test)]
mod tests {
    use super::Fifo;

    #[test]
    fn gives_back_in_order() {
        let mut fifo = Fifo::default();
        let mut taken = Vec::new();
        for number in 0..100 {
            fifo.push(number);
            if number % 3 == 0 {
                taken.extend(fifo.pop());
            }
        }
        while let Some(number) = fifo.pop() {
            taken.push(number);
        }
        assert_eq!(fifo.pop(), None);
        assert_eq!(taken, (0..100).collect::<Vec<_>>());
    }
}
