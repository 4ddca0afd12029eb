namespace LiveAvatar.Server.Access;

/// <summary>What a key allows, and what a request needs.</summary>
[Flags]
internal enum AccessRole
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Make calls and sessions.</summary>
    Drive = 1,

    /// <summary>View, and read the numbers and the motion of, any session whose id is known.</summary>
    Watch = 2,

    /// <summary>Steer, close and record any session whose id is known, and make its viewer tokens.</summary>
    Control = 4,

    /// <summary>Everything, the list of sessions and the metrics included.</summary>
    Admin = 8,
}
