//! The canned conversations.

use sotto_web_worker::messages::view::{
    ConversationView, Failure, MessageState, MessageView, PersonView, Preview, Standing, Trust,
};
use sotto_web_worker::messages::{AccountId, MessageId, Presence, Timestamp};

/// A conversation and its messages.
pub struct Canned {
    /// As the list shows it.
    pub view: ConversationView,
    /// Oldest first.
    pub messages: Vec<MessageView>,
}

/// Oneself.
pub const OWN: AccountId = AccountId::from_bytes([0x42; 16]);

/// Minutes before now, whose, and what.
type Line = (u64, Option<MessageState>, &'static str);

const SENT: Option<MessageState> = Some(MessageState::Sent);
const DELIVERED: Option<MessageState> = Some(MessageState::Delivered);
const READ: Option<MessageState> = Some(MessageState::Read);
const QUEUED: Option<MessageState> = Some(MessageState::Queued);
const FAILED: Option<MessageState> = Some(MessageState::Failed(Failure::MailboxFull));
const THEIRS: Option<MessageState> = None;

/// All of them.
pub fn all(now: u64) -> Vec<Canned> {
    let mut all = vec![
        canned(
            now,
            1,
            "ada.lovelace",
            Trust::Verified,
            &[
                (2950, THEIRS, "Did you get the plans for the workshop?"),
                (
                    2948,
                    READ,
                    "I did, thank you. The bench by the window is a lovely idea.",
                ),
                (2946, READ, "Shall I order the oak?"),
                (
                    2941,
                    THEIRS,
                    "Please! Two boards, 40 mm. The yard on Mill Street has them: https://mill-street.example/oak?thickness=40",
                ),
                (
                    1510,
                    READ,
                    "Ordered. They deliver on Thursday morning, somewhere between eight and ten, which as we both know means a quarter past eleven. I\u{2019}ll be there anyway and can let them in; if you want to look at the grain before they unload it, come a little earlier.",
                ),
                (1502, THEIRS, "Ha. Noted."),
                (1501, THEIRS, "I\u{2019}ll bring the coffee"),
                (1500, THEIRS, "\u{2615}\u{fe0f}"),
                (
                    64,
                    THEIRS,
                    "Just measured again: the recess is 1,842 mm, not 1,860. Good thing we checked.",
                ),
                (61, READ, "Then we cut on site. I\u{2019}ll pack the guide rail."),
                (60, READ, "Anything else I should bring?"),
                (9, THEIRS, "Clamps, as many as you have."),
                (8, THEIRS, "And the small plane"),
                (5, READ, "Done, it\u{2019}s all in the van"),
                (2, THEIRS, "Perfect. See you Thursday \u{1f44b}"),
            ],
        ),
        canned(
            now,
            2,
            "grace",
            Trust::Unverified,
            &[
                (190, THEIRS, "Can you read this on the train too?"),
                (
                    185,
                    READ,
                    "Yes. It waits until there\u{2019}s a signal and goes out by itself.",
                ),
                (44, SENT, "Going into the tunnel now"),
                (43, QUEUED, "Third carriage, by the window"),
            ],
        ),
        canned(
            now,
            3,
            "hedy_l",
            Trust::Changed,
            &[
                (5000, READ, "Frequencies for tomorrow?"),
                (4990, THEIRS, "Same as last time."),
            ],
        ),
        canned(
            now,
            4,
            "noor",
            Trust::Verified,
            &[
                (1600, READ, "\u{5e9}\u{5dc}\u{5d5}\u{5dd}! How is the move going?"),
                (
                    1590,
                    THEIRS,
                    "\u{645}\u{631}\u{62d}\u{628}\u{627}! \u{643}\u{644} \u{634}\u{64a}\u{621} \u{639}\u{644}\u{649} \u{645}\u{627} \u{64a}\u{631}\u{627}\u{645}\u{60c} \u{648}\u{635}\u{644}\u{62a} \u{627}\u{644}\u{635}\u{646}\u{627}\u{62f}\u{64a}\u{642} \u{643}\u{644}\u{647}\u{627} \u{627}\u{644}\u{64a}\u{648}\u{645}.",
                ),
                (1588, DELIVERED, "\u{1f389}\u{1f389}"),
            ],
        ),
        canned(
            now,
            5,
            "kurt.g",
            Trust::Unverified,
            &[
                (
                    3000,
                    THEIRS,
                    "Hello! Emmy gave me your name. I\u{2019}m looking for somebody to review a proof.",
                ),
                (2999, THEIRS, "It is not long. It may not be finished either."),
            ],
        ),
        canned(
            now,
            6,
            "emmy",
            Trust::Verified,
            &[
                (
                    4300,
                    THEIRS,
                    "Symmetry implies conservation. Still true this morning.",
                ),
                (4200, FAILED, "I owe you lunch for that"),
            ],
        ),
        canned(
            now,
            7,
            "long.afternoons",
            Trust::Unverified,
            &[(9000, THEIRS, "See you in spring.")],
        ),
        canned(
            now,
            8,
            "spam_bot_3000",
            Trust::Unverified,
            &[(12000, THEIRS, "You have won")],
        ),
    ];
    if let [ada, _, _, noor, kurt, _, afternoons, spam] = &mut all[..] {
        ada.view.presence = Some(Presence::Online);
        noor.view.typing = true;
        kurt.view.standing = Standing::Request;
        kurt.view.unread = 2;
        afternoons.view.draft = "The cherry trees are".to_owned();
        spam.view.standing = Standing::Blocked;
        afternoons.messages = endless(now, afternoons.view.person.account);
    }
    unread(&mut all);
    all
}

/// The last three of Ada's are new.
fn unread(all: &mut [Canned]) {
    if let Some(grace) = all.get_mut(5) {
        grace.view.unread = 1;
        grace.view.first_unread = grace.messages.first().map(|message| message.id);
    }
}

/// A thousand messages, to scroll.
fn endless(now: u64, account: AccountId) -> Vec<MessageView> {
    (0..1000_u64)
        .map(|n| {
            let state = if n % 3 == 0 { READ } else { THEIRS };
            let text = format!(
                "Message {n}. {}",
                "And so the afternoon went on. ".repeat((n % 7) as usize)
            );
            message(now, account, n, (9000 + (1000 - n) * 11, state, text.trim()))
        })
        .collect()
}

fn canned(now: u64, number: u8, name: &str, trust: Trust, lines: &[Line]) -> Canned {
    let account = AccountId::from_bytes([number.wrapping_mul(37); 16]);
    let line =
        |(n, line): (usize, &Line)| message(now, account, n as u64 + u64::from(number) * 10_000, *line);
    let messages: Vec<MessageView> = lines.iter().enumerate().map(line).collect();
    let view = ConversationView {
        person: PersonView {
            account,
            username: name.parse().ok(),
            trust,
        },
        standing: Standing::Accepted,
        last: messages.last().map(preview),
        unread: 0,
        first_unread: None,
        draft: String::new(),
        typing: false,
        presence: None,
    };
    Canned { view, messages }
}

/// The last line of the list.
pub fn preview(message: &MessageView) -> Preview {
    Preview {
        id: message.id,
        text: message.text.clone(),
        at: message.received_at,
        state: message.state,
    }
}

fn message(
    now: u64,
    account: AccountId,
    number: u64,
    (minutes, state, text): (u64, Option<MessageState>, &str),
) -> MessageView {
    let at = Timestamp::from_millis(now - minutes * 60_000);
    let mut id = [0; 16];
    id[..8].copy_from_slice(&number.to_be_bytes());
    id[8..].copy_from_slice(&account.as_bytes()[..8]);
    MessageView {
        position: number.cast_signed() + 1,
        conversation: account,
        id: MessageId(id),
        author: if state.is_some() { OWN } else { account },
        sent_at: at,
        received_at: at,
        text: text.to_owned(),
        state: state.unwrap_or(MessageState::Received),
    }
}
